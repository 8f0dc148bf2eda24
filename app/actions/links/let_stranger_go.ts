import { type DateTime } from 'luxon'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import Revocation from '#models/revocation'
import { now } from '#time/clock'
import type { Visit } from '#trip/visit'

interface Reason {
  cause: Extract<Revocation['cause'], 'refused' | 'abandoned' | 'tried'>
  /** When to stop waiting for the person; at once unless given. */
  after?: DateTime
}

/**
 * Has the link that a trip made at its provider ended there again, because the person
 * is a stranger here: refused, or still to do something that they may never do. This is
 * checked again right before the call, and a person who is linked by then stays linked.
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
