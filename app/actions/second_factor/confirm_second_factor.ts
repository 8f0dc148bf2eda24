import type { Actor } from '#audit/actor'
import { inSession } from '#auth/in_session'
import AuditEntry from '#models/audit_entry'
import OutgoingMail from '#models/outgoing_mail'
import RecoveryCode from '#models/recovery_code'
import SecondFactor from '#models/second_factor'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'

export type SecondFactorConfirmation =
  /** `recoveryCodes` are shown once; they exist nowhere else. */
  { kind: 'on'; recoveryCodes: string[] } | { kind: 'wrong' } | { kind: 'gone' }

/**
 * Switches a second factor on, once the app has shown a right code. Every other session
 * ends, because it was begun without one.
 */
export class ConfirmSecondFactor {
  /** @param code six digits */
  async handle(
    session: UserSession,
    code: string,
    actor: Actor
  ): Promise<SecondFactorConfirmation> {
    return inSession(session, async (user, trx) => {
      const factor = await SecondFactor.beingSetUpIn(session, trx)
      if (!factor) return { kind: 'gone' }
      const step = factor.stepOf(code)
      if (step === null) return { kind: 'wrong' }

      const confirmedAt = now()
      await factor.merge({ confirmedAt, lastCounter: step, sessionId: null }).save()
      await user.merge({ secondFactorAt: confirmedAt }).save()
      await user.endSessions({ except: session })
      await UserSession.query({ client: trx })
        .where('id', session.id)
        .update({ secondFactorAt: sqlTime(confirmedAt) })
      const recoveryCodes = await RecoveryCode.renew(user, trx)

      await OutgoingMail.tellOfSecondFactor(user, 'second_factor_on', trx)
      const subject = user.asAuditSubject
      await AuditEntry.record({ actor, action: 'second_factor.enabled', subject }, trx)
      return { kind: 'on', recoveryCodes }
    })
  }
}
