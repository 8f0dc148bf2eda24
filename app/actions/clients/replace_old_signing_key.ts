import { RotateSigningKeys } from '#actions/clients/rotate_signing_keys'
import { JOB } from '#audit/actor'
import { inTransaction } from '#database/transaction'
import { parseGrace, USUAL_GRACE } from '#models/grace'
import SigningKey from '#models/oidc/signing_key'
import { now, sqlTime } from '#time/clock'

/**
 * Adds a successor to the newest key for ID tokens once that is old; a site without
 * keys gets none.
 */
export class ReplaceOldSigningKey {
  /** @returns whether this call added one; of several processes, only one does */
  async handle(): Promise<boolean> {
    const newest = await SigningKey.query().orderBy('id', 'desc').first()
    const isOld = newest && newest.createdAt < now().minus(SigningKey.OLD_AFTER)
    if (!isOld) return false
    return inTransaction(async (trx) => {
      /* Locks the row: a process that waits for it finds the successor. */
      await SigningKey.query({ client: trx })
        .where('id', newest.id)
        .update({ signsFrom: sqlTime(newest.signsFrom) })
      const later = await SigningKey.query({ client: trx })
        .where('id', '>', newest.id)
        .forUpdate()
        .first()
      if (later) return false
      await new RotateSigningKeys().handle(parseGrace(USUAL_GRACE)!, JOB, trx)
      return true
    })
  }
}
