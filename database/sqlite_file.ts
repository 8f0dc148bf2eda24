import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartRefused } from '#start/failures'

/**
 * Makes sure that the database file can be written, and that only the user who runs the
 * site can read it: it holds addresses and hashes. SQLite gives the files next to it,
 * including the write-ahead log, this one's mode.
 *
 * @throws StartRefused when it cannot be a file that this process writes
 */
export function prepareSqliteFile(file: string) {
  try {
    mkdirSync(dirname(file), { recursive: true })
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new StartRefused(`Bad environment: DB_FILE ${file} cannot be written: ${code ?? message}`)
  }
  for (const one of [file, `${file}-wal`, `${file}-shm`]) keepFromOthers(one)
}

/**
 * For files from earlier versions, and copies. Only its owner can restrict a file that
 * belongs to another user.
 */
function keepFromOthers(file: string) {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found || (found.mode & 0o077) === 0 || found.uid !== process.getuid?.()) return
  chmodSync(file, 0o600)
}
