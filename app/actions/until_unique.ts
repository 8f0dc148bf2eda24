import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/** MySQL and SQLite, for "unique key taken" and "deadlock: run it again". */
const TRY_AGAIN = new Set([
  'ER_DUP_ENTRY',
  'ER_LOCK_DEADLOCK',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'E_OVERTAKEN',
])
const MOST_TRIES = 5

/** Thrown by a transaction that finds, once it has the lock, that what it read before has changed. */
export class Overtaken extends Error {
  readonly code = 'E_OVERTAKEN'
}

/**
 * Runs a transaction that looks first and then writes, again if another one
 * was quicker. The schema's unique keys decide who was; on the next turn the
 * loser finds the winner's row.
 */
export async function untilUnique<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await transaction()
    } catch (error) {
      if (tried === MOST_TRIES || !TRY_AGAIN.has((error as { code?: string }).code ?? ''))
        throw error
    }
  }
}

/**
 * Runs a flow in a transaction of its own, again if need be; or, as a part of a
 * larger flow, within that one's, which then runs again as a whole.
 */
export function inTransaction<T>(
  work: (trx: TransactionClientContract) => Promise<T>,
  client?: TransactionClientContract
): Promise<T> {
  return client ? client.transaction(work) : untilUnique(() => db.transaction(work))
}
