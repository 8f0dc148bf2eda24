import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { dropSecondFactor } from '#auth/second_factor'
import AuditEntry from '#models/audit_entry'
import User from '#models/user'

export type SecondFactorReset = 'reset' | 'none'

/**
 * Switches off the second factor of a person who no longer has the app or a recovery
 * code. Nobody has proved anything here, so every session ends, and the person signs in
 * again with the first factor.
 */
export class ResetSecondFactor {
  async handle({ id }: User, actor: Actor): Promise<SecondFactorReset> {
    return inTransaction(async (trx) => {
      const user = await User.lock(id, trx)
      if (!user?.hasSecondFactor) return 'none'

      await dropSecondFactor(user, trx)
      await user.endSessions()
      const subject = user.asAuditSubject
      await AuditEntry.record({ actor, action: 'second_factor.reset', subject }, trx)
      return 'reset'
    })
  }
}
