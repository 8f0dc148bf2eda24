import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { freePort } from '#tests/support/servers/spawned_process'

/* Debian keeps servers in a folder that is not on every user's PATH. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** Whether this machine has a MariaDB to start. */
export const hasMysqlServer =
  spawnSync('mariadbd', ['--version'], { env }).status === 0 &&
  spawnSync('mariadb-install-db', ['--help'], { env }).error === undefined

/** A MariaDB for one test, with settings nobody else would want and an empty database. */
export class MysqlServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'daemun-mysql-'))
  #process?: ReturnType<typeof spawn>

  private constructor(readonly port: number) {}

  /** @param settings as arguments of `mariadbd` */
  static async start(settings: string[]) {
    const server = new MysqlServer(await freePort())
    try {
      await server.#start(settings)
    } catch (error) {
      await server.remove()
      throw error
    }
    return server
  }

  /** What a process needs to use it. */
  get environment() {
    return {
      DB_CONNECTION: 'mysql',
      DB_HOST: '127.0.0.1',
      DB_PORT: String(this.port),
      DB_USER: 'root',
      DB_PASSWORD: '',
      DB_DATABASE: 'site',
    }
  }

  /** Queries it as its administrator, in the kind of session it gives to anybody. */
  async ask<Row>(sql: string, database?: string): Promise<Row[]> {
    const { port } = this
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', database })
    try {
      /* Regardless of the character set it gives to clients that request none. */
      await connection.query('SET NAMES utf8mb4')
      const [rows] = await connection.query(sql)
      return rows as Row[]
    } finally {
      await connection.end()
    }
  }

  async remove() {
    if (this.#process?.exitCode === null) {
      const ended = new Promise((resolve) => this.#process!.once('exit', resolve))
      this.#process.kill('SIGKILL')
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #start(settings: string[]) {
    const { username } = userInfo()
    const data = join(this.#folder, 'data')
    const common = ['--no-defaults', `--datadir=${data}`, `--user=${username}`]
    const how = [...common, '--auth-root-authentication-method=normal', '--skip-test-db']
    const made = spawnSync('mariadb-install-db', how, { env, encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`No MariaDB could be made: ${made.stderr}`)

    const place = [`--port=${this.port}`, '--bind-address=127.0.0.1']
    const files = [`--socket=${this.#folder}/sock`, `--pid-file=${this.#folder}/pid`]
    const words = [...common, ...place, ...files, '--skip-name-resolve', ...settings]
    this.#process = spawn('mariadbd', words, { env, stdio: 'ignore' })
    for (let waited = 0; waited < 30_000; waited += 100) {
      const answer = await this.ask('CREATE DATABASE IF NOT EXISTS site').catch(() => null)
      if (answer) return
      await wait(100)
    }
    throw new Error('The MariaDB of the test does not answer')
  }
}
