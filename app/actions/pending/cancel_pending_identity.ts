import { inTransaction } from '#database/transaction'
import PendingIdentity from '#models/pending_identity'
import Revocation from '#models/revocation'

/** The person declined: nothing waits any longer, and the link at the provider may end. */
export class CancelPendingIdentity {
  async handle(pending: PendingIdentity): Promise<void> {
    await inTransaction(async (trx) => {
      await Revocation.hasten(pending, trx)
      await PendingIdentity.query({ client: trx }).where('id', pending.id).delete()
    })
  }
}
