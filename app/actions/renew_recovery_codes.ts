import db from '@adonisjs/lucid/services/db'
import { untilUnique } from '#actions/until_unique'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import RecoveryCode from '#models/recovery_code'
import User from '#models/user'

/** Gives a person ten new recovery codes; the former ones are void. */
export class RenewRecoveryCodes {
  /** @returns the codes, which exist nowhere else; `null` without a second factor */
  async handle({ id }: User, actor: Actor): Promise<string[] | null> {
    return untilUnique(() =>
      db.transaction(async (trx) => {
        const user = await User.lock(id, trx)
        if (!user?.hasSecondFactor) return null

        const codes = await RecoveryCode.renew(user, trx)
        const subject = user.asAuditSubject
        await AuditEntry.record({ actor, action: 'second_factor.codes_renewed', subject }, trx)
        return codes
      })
    )
  }
}
