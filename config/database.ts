import { resolve } from 'node:path'
import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/lucid'
import { beginSession, type MysqlConnection } from '#database/mysql_session'
import { keepPreparedStatements } from '#database/prepared_statements'
import { prepareSqliteFile } from '#database/sqlite_file'

const migrations = { naturalSort: true, paths: ['database/migrations'] }

/** A relative DB_FILE is resolved from the directory the process was started in. */
const sqliteFile = resolve(env.get('DB_FILE'))

if (env.get('DB_CONNECTION') === 'sqlite') prepareSqliteFile(sqliteFile)

/** How long a request waits for a connection to the database, in milliseconds. */
const DATABASE_PATIENCE = 5_000

/*
 * An error names its statement without the values, which are personal; see
 * DatabaseErrorsProvider.
 */
const QUIET_ERRORS = { compileSqlOnError: false }

/** The part of better-sqlite3 that the pool hook uses. */
interface SqliteConnection {
  pragma(statement: string): unknown
  prepare(sql: string): unknown
}

const dbConfig = defineConfig({
  connection: env.get('DB_CONNECTION'),
  prettyPrintDebugQueries: true,
  connections: {
    sqlite: {
      client: 'better-sqlite3',
      ...QUIET_ERRORS,
      connection: { filename: sqliteFile },
      useNullAsDefault: true,
      pool: {
        afterCreate(connection: SqliteConnection, done: (error?: unknown) => void) {
          connection.pragma('journal_mode = WAL')
          connection.pragma('synchronous = NORMAL')
          connection.pragma('foreign_keys = ON')
          connection.pragma('busy_timeout = 5000')
          keepPreparedStatements(connection)
          done()
        },
      },
      migrations,
      /*
       * database/schema.ts is generated from SQLite, in development, and committed; not
       * by built code (`npm start`), which lacks that source.
       */
      schemaGeneration: {
        enabled: app.inDev && import.meta.filename.endsWith('.ts'),
        rulesPaths: ['./database/schema_rules.js'],
      },
    },
    mysql: {
      client: 'mysql2',
      ...QUIET_ERRORS,
      connection: {
        host: env.get('DB_HOST'),
        port: env.get('DB_PORT'),
        user: env.get('DB_USER'),
        password: env.get('DB_PASSWORD'),
        database: env.get('DB_DATABASE'),
        charset: 'utf8mb4',
        timezone: 'Z',
      },
      pool: {
        min: 0,
        max: 10,
        acquireTimeoutMillis: DATABASE_PATIENCE,
        /*
         * A server that silently vanished leaves a query waiting until TCP gives up.
         * Nothing a visitor waits for takes that long.
         */
        afterCreate(connection: MysqlConnection, done: (error?: unknown) => void) {
          if (app.getEnvironment() === 'web') {
            const { stream } = connection
            stream.setTimeout(2 * DATABASE_PATIENCE, () => {
              stream.destroy(Object.assign(new Error('No answer'), { code: 'ETIMEDOUT' }))
            })
          }
          beginSession(connection).then(() => done(), done)
        },
      },
      migrations,
      schemaGeneration: { enabled: false },
    },
  },
})

export default dbConfig
