import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import SigningKey from '#models/oidc/signing_key'
import { now } from '#time/clock'

/** Publishes another key for ID tokens. Every process sees it with its next request. */
export class RotateSigningKeys {
  /**
   * @param afterMs how long until it signs; `now`: the previous ones have leaked and
   *   are deleted
   * @param within the transaction of a larger flow
   */
  async handle(
    afterMs: number | 'now',
    actor: Actor,
    within?: TransactionClientContract
  ): Promise<SigningKey> {
    const signsFrom = afterMs === 'now' ? now() : now().plus({ milliseconds: afterMs })
    const fresh = await SigningKey.fresh(signsFrom)
    return inTransaction(async (trx) => {
      await SigningKey.forgetOutlived(trx)
      if (afterMs === 'now') await SigningKey.query({ client: trx }).delete()
      const key = await SigningKey.create(fresh.$attributes, { client: trx })
      await AuditEntry.record(
        {
          actor,
          action: 'signing_key.added',
          subject: key.asAuditSubject,
          changes: { signsFrom: { before: null, after: signsFrom.toISO() } },
        },
        trx
      )
      return key
    }, within)
  }
}
