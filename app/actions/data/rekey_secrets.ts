import db from '@adonisjs/lucid/services/db'
import { affectedOne } from '#database/affected'
import {
  isSealedWithPresentKey,
  seal,
  SEALED_COLUMNS,
  sealedRows,
  SecretUnreadable,
  unseal,
  type SealedColumn,
  type SealedRow,
} from '#crypto/sealed'

/** What became of the values of one column. */
export interface Rekeyed {
  table: string
  column: string
  /** Now sealed under the present key. */
  sealed: number
  /** Already under the present key, or deleted or replaced during the run. */
  kept: number
  /** No key opens them; left as they are. */
  unreadable: number
}

/**
 * Seals every stored secret again, with the first key in SECRETS_KEY, so that the
 * former keys can be removed. The site may keep running: a value is replaced only if it
 * has not changed, and anything written in between uses the present key. A second run
 * resumes where the first stopped.
 */
export class RekeySecrets {
  async handle(): Promise<Rekeyed[]> {
    const results: Rekeyed[] = []
    for (const column of SEALED_COLUMNS) results.push(await this.#rekey(column))
    return results
  }

  async #rekey(column: SealedColumn): Promise<Rekeyed> {
    const result = { table: column.table, column: column.column, sealed: 0, kept: 0, unreadable: 0 }
    for await (const row of sealedRows(column)) result[await this.#replace(column, row)]++
    return result
  }

  async #replace(
    { table, id, column }: SealedColumn,
    row: SealedRow
  ): Promise<'sealed' | 'kept' | 'unreadable'> {
    if (isSealedWithPresentKey(row.purpose, row.value)) return 'kept'
    try {
      const value = seal(row.purpose, unseal(row.purpose, row.value))
      const sealed = await affectedOne(
        db
          .from(table)
          .where(id, row.id)
          .where(column, row.value)
          .update({ [column]: value })
      )
      return sealed ? 'sealed' : 'kept'
    } catch (error) {
      if (error instanceof SecretUnreadable) return 'unreadable'
      throw error
    }
  }
}
