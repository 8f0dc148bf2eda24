import type { Actor } from '#audit/actor'
import { inSession } from '#auth/in_session'
import AuditEntry from '#models/audit_entry'
import RecoveryCode from '#models/recovery_code'
import type UserSession from '#models/user_session'

/** Gives a person ten new recovery codes; the former ones are void. */
export class RenewRecoveryCodes {
  /** @returns the codes, which exist nowhere else; `null` without a second factor */
  async handle(session: UserSession, actor: Actor): Promise<string[] | null> {
    return inSession(session, async (user, trx) => {
      if (!user.hasSecondFactor) return null

      const codes = await RecoveryCode.renew(user, trx)
      const subject = user.asAuditSubject
      await AuditEntry.record({ actor, action: 'second_factor.codes_renewed', subject }, trx)
      return codes
    })
  }
}
