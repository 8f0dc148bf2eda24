import db from '@adonisjs/lucid/services/db'
import {
  isSealedWithPresentKey,
  seal,
  SEALED_COLUMNS,
  SecretUnreadable,
  unseal,
  type SealedColumn,
} from '#models/sealed'

/** What became of the values of one column. */
export interface Rekeyed {
  table: string
  column: string
  /** Now under the present key. */
  sealed: number
  /** Under the present key before, or gone or replaced meanwhile. */
  kept: number
  /** No key opens them; left as they are. */
  unreadable: number
}

const BATCH = 500

/**
 * Seals every stored secret anew with the first key in SECRETS_KEY, so that the
 * former keys can go. The site may run meanwhile: a value is replaced only where
 * it still stands, and whoever writes in between writes with the present key. Run
 * again, it goes on where it stopped.
 */
export class RekeySecrets {
  async handle(): Promise<Rekeyed[]> {
    const results: Rekeyed[] = []
    for (const column of SEALED_COLUMNS) results.push(await this.#rekey(column))
    return results
  }

  async #rekey({ table, id, column, purpose }: SealedColumn): Promise<Rekeyed> {
    const result = { table, column, sealed: 0, kept: 0, unreadable: 0 }
    for (let after = ''; ;) {
      const rows: { id: string; value: string }[] = await db
        .from(table)
        .select({ id, value: column })
        .whereNotNull(column)
        .where(id, '>', after)
        .orderBy(id)
        .limit(BATCH)
      for (const row of rows) {
        const outcome = await this.#replace({ table, id, column, purpose }, row)
        result[outcome]++
      }
      if (rows.length < BATCH) return result
      after = rows.at(-1)!.id
    }
  }

  async #replace(
    { table, id, column, purpose }: SealedColumn,
    row: { id: string; value: string }
  ): Promise<'sealed' | 'kept' | 'unreadable'> {
    if (isSealedWithPresentKey(purpose(row.id), row.value)) return 'kept'
    try {
      const value = seal(purpose(row.id), unseal(purpose(row.id), row.value))
      const rows = await db
        .from(table)
        .where(id, row.id)
        .where(column, row.value)
        .update({ [column]: value })
      return Number(rows) === 1 ? 'sealed' : 'kept'
    } catch (error) {
      if (error instanceof SecretUnreadable) return 'unreadable'
      throw error
    }
  }
}
