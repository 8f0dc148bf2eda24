import { type DateTime } from 'luxon'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import Revocation from '#models/revocation'
import { now } from '#time/clock'
import type { Visit } from '#trip/visit'

interface Reason {
  cause: Extract<Revocation['cause'], 'refused' | 'abandoned' | 'tried'>
  /** When nobody is waited for any more; at once unless given. */
  after?: DateTime
}

/**
 * Has the link that a trip has made at its provider ended there again, because the
 * person is nobody here: refused, or about to do something that may never come. It is
 * looked at once more right before the call, and whoever is linked by then stays so.
 */
export class LetStrangerGo {
  async handle(
    visit: Pick<Visit, 'provider' | 'profile' | 'tokens'>,
    { cause, after = now() }: Reason,
    within?: TransactionClientContract
  ): Promise<void> {
    await inTransaction((trx) => Revocation.queueStranger(visit, { cause, after }, trx), within)
  }
}
