import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import SigningKey from '#models/signing_key'
import { now } from '#models/clock'

/** Publishes one more key for ID tokens. Every process sees it with its next request. */
export class RotateSigningKeys {
  /** @param afterMs until it signs; `now`: those before have leaked and go */
  async handle(afterMs: number | 'now', actor: Actor): Promise<SigningKey> {
    const signsFrom = afterMs === 'now' ? now() : now().plus({ milliseconds: afterMs })
    await SigningKey.forgetOutlived()
    const key = await SigningKey.fresh(signsFrom)
    await db.transaction(async (trx) => {
      if (afterMs === 'now') await SigningKey.query({ client: trx }).delete()
      await key.useTransaction(trx).save()
      await AuditEntry.record(
        {
          actor,
          action: 'signing_key.added',
          subject: key.asAuditSubject,
          changes: { signsFrom: { before: null, after: signsFrom.toISO() } },
        },
        trx
      )
    })
    return key
  }
}
