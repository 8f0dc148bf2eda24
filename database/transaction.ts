import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/**
 * The codes that MySQL and SQLite use for a duplicate unique key, a deadlock and a busy
 * database.
 */
const CONFLICTS = new Set([
  'ER_DUP_ENTRY',
  'ER_LOCK_DEADLOCK',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'E_STALE_READ',
])
const MOST_TRIES = 5

/**
 * Thrown by a transaction that holds a lock and finds that something it read earlier has
 * changed.
 */
export class StaleRead extends Error {
  readonly code = 'E_STALE_READ'
}

/**
 * Opens a transaction, and runs it again from the start if it loses to another one. The
 * schema's unique keys decide which of two comes first; on its next try the loser finds
 * the winner's row. A part of a larger flow joins that flow's transaction, which is then
 * run again as a whole.
 *
 * `work` may run several times, so it must not change anything outside the database: it
 * sends no mail, calls no provider and saves no model that was read before it began.
 *
 * @param work to undo it without an error, roll back its transaction and return
 * @param within the transaction of a larger flow
 * @throws what `work` throws; the database's error after five lost tries
 */
export function inTransaction<T>(
  work: (trx: TransactionClientContract) => Promise<T>,
  within?: TransactionClientContract
): Promise<T> {
  return within ? work(within) : retryOnConflict(() => db.transaction(work))
}

/**
 * Runs a statement again if it loses to another one; at most five times in all.
 *
 * @throws the database's error after the last try, any other error at once
 */
export async function retryOnConflict<T>(statement: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await statement()
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (tried === MOST_TRIES || !CONFLICTS.has(code)) throw error
    }
  }
}
