/** The part of a better-sqlite3 connection that prepares statements. */
interface Preparing<Statement> {
  prepare(sql: string): Statement
}

/* More than this application has. What lists write out with each length is pushed out first. */
const MOST = 500

const KEPT = /^\s*(?:select|insert|update|delete|with|begin|commit|rollback)\b/i

/**
 * Lets a connection to SQLite keep the statements it has prepared. Knex prepares them every
 * time, and parsing a statement costs more than running it. A statement that is being
 * iterated could not be shared; nothing here iterates.
 */
export function keepPreparedStatements<Statement>(connection: Preparing<Statement>) {
  const prepare = connection.prepare.bind(connection)
  const kept = new Map<string, Statement>()
  connection.prepare = (sql) => {
    const known = kept.get(sql)
    const statement = known ?? prepare(sql)
    if (!KEPT.test(sql)) {
      /* It may change the columns that a statement has learned. */
      kept.clear()
      return statement
    }
    if (known) kept.delete(sql)
    else if (kept.size === MOST) kept.delete(kept.keys().next().value!)
    kept.set(sql, statement)
    return statement
  }
}
