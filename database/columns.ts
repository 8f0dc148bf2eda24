import { column } from '@adonisjs/lucid/orm'
import { safeNext } from '#auth/next'

/*
 * Column decorators for what SQLite and MySQL store in their own ways.
 * database/schema_rules.ts says where they are used.
 */

/** JSON in a text column: MariaDB has no JSON type that mysql2 parses. */
export const jsonColumn = () =>
  column({
    prepare: (value: unknown) =>
      value === null || value === undefined ? null : JSON.stringify(value),
    consume: (value: string | null) => (value === null ? null : JSON.parse(value)),
  })

/** Both databases keep a boolean as the number 0 or 1. */
export const booleanColumn = () =>
  column({
    prepare: (value: unknown) => (value ? 1 : 0),
    consume: (value: unknown) => Boolean(value),
  })

/** Where somebody wanted to go: checked once more as it is read, whoever wrote it. */
export const nextColumn = () => column({ consume: (value: unknown) => safeNext(value) })
