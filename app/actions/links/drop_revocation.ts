import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Revocation from '#models/revocation'

export type RevocationDrop = { kind: 'dropped' } | { kind: 'gone' }

/**
 * Gives up ending a link at its provider, at an administrator's request: its tokens go
 * at once, and the person is told how to end it by hand.
 */
export class DropRevocation {
  /** @param revocation with its provider loaded */
  async handle(revocation: Revocation, actor: Actor): Promise<RevocationDrop> {
    return inTransaction(async (trx) => {
      const dropped = await affectedOne(
        Revocation.query({ client: trx }).where('id', revocation.id).delete()
      )
      /* It ended just now, or somebody else dropped it. */
      if (!dropped) return { kind: 'gone' }
      await revocation.tellByHand(trx)
      const subject = revocation.asAuditSubject
      await AuditEntry.record({ actor, action: 'revocation.dropped', subject }, trx)
      return { kind: 'dropped' }
    })
  }
}
