import { inTransaction } from '#database/transaction'
import PendingIdentity from '#models/pending_identity'
import Revocation from '#models/revocation'

/**
 * The person cancelled: forgets the identity that was waiting. If it belongs to nobody
 * here, its link at the provider is ended now instead of after `PendingIdentity.LIFETIME`.
 */
export class CancelPendingIdentity {
  async handle(pending: PendingIdentity): Promise<void> {
    await inTransaction(async (trx) => {
      await Revocation.hasten(pending, trx)
      await PendingIdentity.query({ client: trx }).where('id', pending.id).delete()
    })
  }
}
