import { column } from '@adonisjs/lucid/orm'
import { safeNext } from '#auth/next'

/*
 * Column decorators for values that SQLite and MySQL store differently.
 * database/schema_rules.ts says where they are used.
 */

/** JSON in a text column: MariaDB has no JSON type that mysql2 parses. */
export const jsonColumn = () =>
  column({
    prepare: (value: unknown) =>
      value === null || value === undefined ? null : JSON.stringify(value),
    consume: (value: string | null) => (value === null ? null : JSON.parse(value)),
  })

/** Both databases store a boolean as the number 0 or 1. */
export const booleanColumn = () =>
  column({
    prepare: (value: unknown) => (value ? 1 : 0),
    consume: (value: unknown) => Boolean(value),
  })

/** The page someone wanted to go to: checked again when read, whoever wrote it. */
export const nextColumn = () => column({ consume: (value: unknown) => safeNext(value) })
