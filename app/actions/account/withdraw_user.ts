import { inTransaction } from '#database/transaction'
import { actorAs, JOB } from '#audit/actor'
import { holdSession } from '#auth/in_session'
import { lockAdministrators } from '#auth/last_administrator'
import AuditEntry from '#models/audit_entry'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import type UserSession from '#models/user_session'
import { endAtSites } from '#oidc/end_at_sites'
import { tellOfMember } from '#oidc/tell_of_member'
import { now } from '#time/clock'

export type Withdrawal = 'withdrawn' | 'last_administrator' | 'called_off' | 'gone'

/**
 * Deletes a person, with their identities, sessions, tokens and codes. Articles stay
 * without their author. Attempts stay for the figures, without address and device. What
 * was changed about the person and what providers told of them stays, but no longer
 * says whom it is about. A job ends the links at providers later, so that no provider
 * can hold this up.
 */
export class WithdrawUser {
  /**
   * @param options.session in which the person asked for it
   * @param options.ifDue only if it was scheduled for now and nobody has called it off
   */
  async handle(
    user: User,
    { session, ifDue = false }: { session?: UserSession; ifDue?: boolean }
  ): Promise<Withdrawal> {
    return inTransaction(async (trx) => {
      const isLast = user.isAdmin && (await lockAdministrators(user.id, trx)) === 0
      const held = session && (await holdSession(session, trx))
      const locked = held?.user ?? (await User.lock(user.id, trx))
      if (!locked) return 'gone'
      if (ifDue && !(locked.withdrawAt && locked.withdrawAt <= now())) return 'called_off'
      if (isLast) {
        await locked.cancelWithdrawal()
        return 'last_administrator'
      }

      if (locked.email) {
        await OutgoingMail.queue(
          { template: 'withdrawn', to: locked.email, locale: locked.locale, data: {} },
          trx
        )
      }
      await AuditEntry.forgetSubject(locked, trx)
      if (locked.isAdmin) {
        const actor = ifDue ? JOB : actorAs(locked)
        const subject = locked.asAuditSubject
        await AuditEntry.record({ actor, action: 'administrator.withdrawn', subject }, trx)
      }
      await endAtSites({ userId: locked.id }, trx)
      await tellOfMember(locked.id, 'member.withdrawn', trx)
      await this.#endLinks(locked, trx)
      await SignInAttempt.query({ client: trx })
        .where((own) => own.where('userId', locked.id).orWhere('actorUserId', locked.id))
        .update({ ip: null, userAgent: null })
      await User.query({ client: trx }).where('id', locked.id).delete()
      return 'withdrawn'
    })
  }

  async #endLinks(user: User, trx: TransactionClientContract) {
    const identities = await Identity.query({ client: trx })
      .where('userId', user.id)
      .preload('provider')
    for (const identity of identities) {
      await identity.disconnect({ cause: 'withdrawn', person: user }, trx)
    }
  }
}
