import db from '@adonisjs/lucid/services/db'
import type PendingIdentity from '#models/pending_identity'
import Revocation from '#models/revocation'

/** The person would rather not: nothing waits any more, and the link at the provider may end. */
export class CancelPendingIdentity {
  async handle(pending: PendingIdentity): Promise<void> {
    await db.transaction(async (trx) => {
      await Revocation.hasten(pending, trx)
      await pending.useTransaction(trx).delete()
    })
  }
}
