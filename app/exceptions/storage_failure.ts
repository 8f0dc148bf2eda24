/*
 * The codes of a database or Redis that is gone, full or overloaded: from Node's sockets,
 * MySQL (and MariaDB), SQLite and ioredis.
 */
const CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR', 'POOL_CLOSED'],
  ...['ER_SERVER_SHUTDOWN', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'],
  ...['ER_CONNECTION_KILLED', 'ER_QUERY_INTERRUPTED', 'ER_LOCK_WAIT_TIMEOUT', 'ER_DISK_FULL'],
  ...['ER_RECORD_FILE_FULL', 'ER_OPTION_PREVENTS_STATEMENT', 'ER_CANT_CREATE_THREAD'],
  ...['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_FULL', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'],
])
const NAMES = new Set(['KnexTimeoutError', 'MaxRetriesPerRequestError'])
const MESSAGES = /^(Connection is closed|Command timed out|Can't add new command when connection)/

/**
 * Whether an error means that storage cannot be reached right now, so that the same
 * request may well succeed in a while. It says nothing about the request itself.
 */
export function isStorageFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, name, message, cause } = error as Error & { code?: unknown }
  if (typeof code === 'string' && (CODES.has(code) || code.startsWith('SQLITE_IOERR'))) return true
  return NAMES.has(name) || MESSAGES.test(message) || (cause !== error && isStorageFailure(cause))
}

/** What to log of an error: only the code of a storage failure, since its stack says nothing. */
export function loggable(error: unknown): { code: string } | { err: unknown } {
  if (!isStorageFailure(error)) return { err: error }
  const { code, name } = error as Error & { code?: string }
  return { code: code ?? name }
}
