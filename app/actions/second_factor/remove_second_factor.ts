import type { Actor } from '#audit/actor'
import { inSession } from '#auth/in_session'
import {
  checkSecondFactor,
  dropSecondFactor,
  type SecondFactorCheck,
  type TypedFactor,
} from '#auth/second_factor'
import AuditEntry from '#models/audit_entry'
import type UserSession from '#models/user_session'

export type SecondFactorRemoval =
  { kind: 'removed' } | { kind: 'off_already' } | Exclude<SecondFactorCheck, { kind: 'right' }>

/** Switches a person's second factor off, once they have given it. */
export class RemoveSecondFactor {
  async handle(
    session: UserSession,
    typed: TypedFactor,
    actor: Actor
  ): Promise<SecondFactorRemoval> {
    return inSession(session, async (user, trx) => {
      if (!user.hasSecondFactor) return { kind: 'off_already' }
      const check = await checkSecondFactor(user, typed, trx)
      if (check.kind !== 'right') return check

      await dropSecondFactor(user, trx)
      const subject = user.asAuditSubject
      await AuditEntry.record({ actor, action: 'second_factor.disabled', subject }, trx)
      return { kind: 'removed' }
    })
  }
}
