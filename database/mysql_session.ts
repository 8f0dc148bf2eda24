import type { Socket } from 'node:net'

/** The part of mysql2's connection that is used here. */
export interface MysqlConnection {
  stream: Socket
  query(sql: string, done: (error: Error | null, rows?: Record<string, string>[]) => void): void
  destroy(): void
}

/**
 * How the server must read what we send. The driver inserts values into statements itself
 * and puts a backslash before a quote, so under NO_BACKSLASH_ESCAPES any value could end
 * its string and continue as SQL. Under ANSI_QUOTES, PIPES_AS_CONCAT and the like our
 * statements would mean something else, and without a strict mode a text that is too long
 * would be cut off.
 */
const SQL_MODE = [
  'STRICT_TRANS_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
]
const TIME_ZONE = '+00:00'
const CHARACTER_SET = 'utf8mb4'

/*
 * Overrides anything the server, its init_connect or an administrator set for others. The
 * handshake already named the character set, but a server may be told to ignore that.
 */
const SETTINGS = [
  `SET SESSION sql_mode = '${SQL_MODE.join(',')}',
    time_zone = '${TIME_ZONE}',
    autocommit = 1,
    foreign_key_checks = 1,
    sql_safe_updates = 0,
    sql_auto_is_null = 0,
    sql_select_limit = DEFAULT,
    NAMES ${CHARACTER_SET}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
]

/*
 * A proxy in between may answer "OK" and pass nothing on, so the effective settings are
 * read back.
 */
const WHAT_HOLDS = `SELECT @@SESSION.sql_mode AS sql_mode, @@SESSION.time_zone AS time_zone,
  @@SESSION.character_set_client AS character_set_client,
  @@SESSION.character_set_connection AS character_set_connection`

/** A server on which statements would not mean what we say, so none is sent. */
export class UnsafeMysqlSession extends Error {
  readonly code = 'UNSAFE_SESSION'
}

/**
 * Applies our settings to a new connection's session before the pool hands it out.
 *
 * @throws UnsafeMysqlSession when the server keeps another setting; or the server's own
 *   error. The connection is gone then.
 */
export async function beginSession(connection: MysqlConnection): Promise<void> {
  try {
    for (const setting of SETTINGS) await ask(connection, setting)
    const [held] = await ask(connection, WHAT_HOLDS)
    insistOn(held)
  } catch (error) {
    connection.destroy()
    throw error
  }
}

function insistOn(held: Record<string, string>) {
  const wanted: Record<string, string> = {
    sql_mode: [...SQL_MODE].sort().join(','),
    time_zone: TIME_ZONE,
    character_set_client: CHARACTER_SET,
    character_set_connection: CHARACTER_SET,
  }
  for (const [name, value] of Object.entries(wanted)) {
    const present = String(held?.[name]).split(',').sort().join(',')
    if (present === value) continue
    throw new UnsafeMysqlSession(`${name} cannot be set to ${value}, it stays ${present}`)
  }
}

function ask(connection: MysqlConnection, sql: string): Promise<Record<string, string>[]> {
  return new Promise((resolve, reject) =>
    connection.query(sql, (error, rows) => (error ? reject(error) : resolve(rows ?? [])))
  )
}
