import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type Revocation from '#models/revocation'

export type RevocationRetry = { kind: 'retried' } | { kind: 'gone' }

/**
 * Makes a revocation due at once, at an administrator's request, even one that was given
 * up. The job then makes the call.
 */
export class RetryRevocation {
  /** @param revocation with its provider loaded */
  async handle(revocation: Revocation, actor: Actor): Promise<RevocationRetry> {
    return inTransaction(async (trx) => {
      if (!(await revocation.tryAgainNow(trx))) return { kind: 'gone' }
      const subject = revocation.asAuditSubject
      await AuditEntry.record({ actor, action: 'revocation.retried', subject }, trx)
      return { kind: 'retried' }
    })
  }
}
