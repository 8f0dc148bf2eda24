import type { BaseSchema } from '@adonisjs/lucid/schema'

type Table = Parameters<Parameters<BaseSchema['schema']['createTable']>[1]>[0]

/**
 * Makes a table compare text byte for byte on MySQL, as SQLite does anyway:
 * MySQL's usual collations would take "A" for "a".
 */
export function compareByBytes(migration: BaseSchema, table: Table) {
  if (migration.db.dialect.name === 'mysql') table.collate('utf8mb4_bin')
}
