import { inTransaction } from '#database/transaction'
import type Revocation from '#models/revocation'

/** Gives up ending a link at its provider, and tells the person how to do so by hand. */
export class GiveUpRevocation {
  async handle(revocation: Revocation): Promise<void> {
    await inTransaction(async (trx) => {
      if (await revocation.giveUp(trx)) await revocation.tellByHand(trx)
    })
  }
}
