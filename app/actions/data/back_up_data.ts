import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import db from '@adonisjs/lucid/services/db'
import env from '#start/env'

export type Backup =
  | { kind: 'written'; bytes: number }
  /** Something already exists at this path; it is left as it is. */
  | { kind: 'file_exists' }
  /** The file cannot be created there; `why` is the system's code, such as `ENOENT`. */
  | { kind: 'not_writable'; why: string }
  /** MySQL is copied by its own dump program, which is not installed here. */
  | { kind: 'no_dump_program' }
  | { kind: 'failed'; why: string }

type Problem = Exclude<Backup, { kind: 'written' }>

/* MariaDB's name for it, and MySQL's. */
const DUMP_PROGRAMS = ['mariadb-dump', 'mysqldump']

/*
 * One snapshot of all tables while others write; one row at a time; no statement that
 * needs more than the right to read.
 */
const DUMP_SETTINGS = [
  ...['--single-transaction', '--quick', '--skip-lock-tables', '--no-tablespaces'],
  ...['--hex-blob', '--default-character-set=utf8mb4', '--skip-dump-date'],
]

/**
 * Writes everything stored to one file, as it was at one moment, while the site runs.
 * Only this user can read the file; the secrets in it are sealed under SECRETS_KEY,
 * which it does not hold.
 */
export class BackUpData {
  /** @param file must not exist yet */
  async handle(file: string): Promise<Backup> {
    let handle: number
    try {
      handle = openSync(file, 'wx', 0o600)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return code === 'EEXIST'
        ? { kind: 'file_exists' }
        : { kind: 'not_writable', why: code ?? message }
    }
    try {
      const isSqlite = db.connection().dialect.name === 'better-sqlite3'
      const problem = isSqlite ? await copySqlite(file) : await dumpMysql(handle)
      if (problem) rmSync(file, { force: true })
      return problem ?? { kind: 'written', bytes: statSync(file).size }
    } finally {
      closeSync(handle)
    }
  }
}

/** A copy of the file would lack what the write-ahead log holds; this has all of it. */
async function copySqlite(file: string): Promise<Problem | null> {
  try {
    await db.rawQuery('VACUUM INTO ?', [resolve(file)])
    return null
  } catch (error) {
    return { kind: 'failed', why: (error as Error).message }
  }
}

async function dumpMysql(output: number): Promise<Problem | null> {
  for (const program of DUMP_PROGRAMS) {
    const problem = await runDump(program, output)
    if (problem?.kind !== 'no_dump_program') return problem
  }
  return { kind: 'no_dump_program' }
}

/** The password goes through the environment: everybody on the machine can see arguments. */
async function runDump(program: string, output: number): Promise<Problem | null> {
  const server = [
    `--host=${env.get('DB_HOST')}`,
    `--port=${env.get('DB_PORT')}`,
    `--user=${env.get('DB_USER')}`,
  ]
  const dump = spawn(program, [...server, ...DUMP_SETTINGS, env.get('DB_DATABASE')], {
    env: { PATH: process.env.PATH, MYSQL_PWD: env.get('DB_PASSWORD') },
    stdio: ['ignore', output, 'pipe'],
  })
  const said = text(dump.stderr!)
  try {
    const [code] = await once(dump, 'close')
    if (code === 0) return null
    const reason = await said
    return { kind: 'failed', why: reason.trim() || `${program} ended with ${code}` }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { kind: 'no_dump_program' } : { kind: 'failed', why: message }
  }
}
