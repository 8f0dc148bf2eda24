import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type Revocation from '#models/revocation'

/**
 * Has a link ended at its provider now, at an administrator's request, even one that
 * was given up.
 */
export class RetryRevocation {
  /** @param revocation with its provider loaded */
  async handle(revocation: Revocation, actor: Actor): Promise<void> {
    await inTransaction(async (trx) => {
      if (!(await revocation.tryAgainNow(trx))) return
      const subject = revocation.asAuditSubject
      await AuditEntry.record({ actor, action: 'revocation.retried', subject }, trx)
    })
  }
}
