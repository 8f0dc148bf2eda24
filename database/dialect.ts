import type { BaseSchema } from '@adonisjs/lucid/schema'

type Table = Parameters<Parameters<BaseSchema['schema']['createTable']>[1]>[0]

/*
 * For migrations. A change here would alter what a migration does that has already run
 * elsewhere: add a function instead of changing one.
 */

/**
 * Makes a table compare text byte for byte on MySQL, as SQLite does anyway: MySQL's usual
 * collations treat "A" and "a" as equal.
 */
export function compareByBytes(migration: BaseSchema, table: Table) {
  if (migration.db.dialect.name === 'mysql') table.collate('utf8mb4_bin')
}

/** Gives a foreign key the index on SQLite that MySQL creates automatically. */
export function indexForeignKey(migration: BaseSchema, table: Table, column: string) {
  if (migration.db.dialect.name !== 'mysql') table.index([column])
}
