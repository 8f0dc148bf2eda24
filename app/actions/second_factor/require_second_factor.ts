import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import SiteSetting from '#models/site_setting'
import User from '#models/user'

export type SecondFactorRequirement = 'decided' | 'needs_own'

/**
 * Decides whether administrators need a second factor for the admin pages. An
 * administrator who requires it of the others must have one, and so is not locked out.
 */
export class RequireSecondFactor {
  /** @param administrator who decides */
  async handle({ id }: User, required: boolean, actor: Actor): Promise<SecondFactorRequirement> {
    return inTransaction(async (trx) => {
      const administrator = await User.lock(id, trx)
      if (required && !administrator?.hasSecondFactor) return 'needs_own'

      const before = await SiteSetting.read('requireSecondFactor', trx)
      if (before === required) return 'decided'
      await SiteSetting.write('requireSecondFactor', required, trx)
      await AuditEntry.record(
        {
          actor,
          action: 'site.changed',
          subject: { type: 'site' },
          changes: { requireSecondFactor: { before, after: required } },
        },
        trx
      )
      return 'decided'
    })
  }
}
