import type { ApplicationService } from '@adonisjs/core/types'

/** What mysql2 adds to an error besides the message: the statement with all of its values. */
interface DatabaseError extends Error {
  sql?: string
  sqlMessage?: string
}

/* MySQL quotes the value it complains about. */
const QUOTED_VALUE = /(?<=(?:entry|value:) )'.*'(?= for (?:key|column) |$)/s

/**
 * A database error names the statement and what is wrong with it, but never the values:
 * they are addresses, names and hashes, and errors end up in logs. Knex already omits
 * them, through `compileSqlOnError: false` in config/database.ts.
 */
export default class DatabaseErrorsProvider {
  constructor(protected app: ApplicationService) {}

  async boot() {
    const emitter = await this.app.container.make('emitter')
    emitter.on('db:connection:connect', ({ client }) => {
      client?.on('query-error', forgetValues)
    })
  }
}

function forgetValues(error: DatabaseError) {
  delete error.sql
  for (const name of ['message', 'sqlMessage', 'stack'] as const) {
    if (error[name]) error[name] = error[name].replace(QUOTED_VALUE, "'…'")
  }
}
