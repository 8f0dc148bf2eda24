/*
 * What the tests need besides the application: MySQL, Redis, a browser and Apache. Each is
 * found, or brought up where that needs no password.
 */
import { connect } from 'node:net'
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { applicationNode, capture, Stopped, withOwnCommands } from './toolchain.js'

const isRoot = process.getuid?.() === 0

/** The path of the first of these programs found on PATH, or null. */
function which(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {
        /* Not here. */
      }
    }
  }
  return null
}

const canInstall = () => isRoot && which('apt-get') !== null

let aptUpdate

/** Installs Debian packages. Only as root: nobody is asked for a password. */
async function aptInstall(packages, say) {
  say(`Installing ${packages.join(', ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  aptUpdate ??= capture('apt-get', ['update'], { env })
  await aptUpdate
  /* A server's package may start the server. */
  const args = ['install', '-y', '--no-install-recommends', ...packages]
  return capture('apt-get', args, { env, timeoutMs: 600_000, leaveChildren: true })
}

/** Whether something accepts a TCP connection there within two seconds. */
function answers(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 2_000 })
    const settle = (result) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}

async function answersSoon(host, port) {
  for (let tries = 0; tries < 60; tries++) {
    if (await answers(host, port)) return true
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return false
}

/** Starts a server that outlives the tests, as the machine's own would. */
function startDetached(command, args) {
  spawn(command, args, { detached: true, stdio: 'ignore' })
    .on('error', () => {})
    .unref()
}

async function bringUpMysql(say) {
  if (!which('mariadbd', 'mysqld') && canInstall()) await aptInstall(['mariadb-server'], say)
  const server = which('mariadbd', 'mysqld')
  if (!server || !isRoot) return false
  say('Starting MySQL …')
  /* The folder of its socket, which Debian's start script makes; a container boots without it. */
  if (!existsSync('/run/mysqld')) {
    mkdirSync('/run/mysqld', { recursive: true })
    execFileSync('chown', ['mysql:mysql', '/run/mysqld'])
  }
  startDetached(server, ['--user=mysql'])
  return answersSoon('127.0.0.1', 3306)
}

async function bringUpRedis(say) {
  if (!which('redis-server') && canInstall()) await aptInstall(['redis-server'], say)
  const server = which('redis-server')
  if (!server) return false
  say('Starting Redis …')
  startDetached(server, ['--bind', '127.0.0.1', '--port', '6379', '--save', '', '--dir', '/tmp'])
  return answersSoon('127.0.0.1', 6379)
}

/**
 * Creates our own user through the socket, for a server such as a fresh Debian one whose
 * root cannot log in over TCP.
 *
 * @param name of the user, and of the one database it may use
 */
function makeMysqlUser(name) {
  const client = which('mariadb', 'mysql')
  if (!client || !isRoot) return null
  const password = randomBytes(18).toString('hex')
  const accounts = [`'${name}'@'localhost'`, `'${name}'@'127.0.0.1'`]
  const execute = (sql) => execFileSync(client, ['-e', sql], { stdio: 'ignore' })
  try {
    for (const account of accounts) {
      execute(`CREATE USER ${account} IDENTIFIED BY '${password}'`)
      execute(`GRANT ALL ON \`${name}\`.* TO ${account}`)
    }
  } catch {
    return null
  }
  return { user: name, password, drop: () => execute(`DROP USER ${accounts.join(', ')}`) }
}

/**
 * Prepares a MySQL database for one process of this run.
 *
 * @param options.lane the number of that process
 * @param options.bringUp whether a server may be started, or installed, for it
 * @returns the environment that points at it and a function that drops it; or `missing`,
 *   which says how to get it
 */
export async function prepareMysql({ lane, bringUp, say }) {
  const given = process.env.TEST_MYSQL_URL
  if (given && !URL.canParse(given)) throw new Stopped('TEST_MYSQL_URL is not a URL')
  const url = new URL(given || 'mysql://root@127.0.0.1:3306')
  const server = { host: url.hostname, port: Number(url.port || 3306) }
  let user = decodeURIComponent(url.username) || 'root'
  let password = decodeURIComponent(url.password)

  const missing = `MySQL does not answer at ${server.host}:${server.port}: start it, or set TEST_MYSQL_URL=mysql://user:password@host:port`
  if (!(await answers(server.host, server.port))) {
    if (given || !bringUp || !(await bringUpMysql(say))) return { missing }
  }

  const { createConnection } = await import('mysql2/promise')
  const database = `daemun_test_${process.pid}_${lane}`
  const open = () => createConnection({ ...server, user, password, connectTimeout: 5_000 })
  let dropUser = () => {}

  try {
    let connection
    try {
      connection = await open()
    } catch (error) {
      const made = !given && bringUp ? makeMysqlUser(database) : null
      if (!made) throw error
      ;({ user, password, drop: dropUser } = made)
      connection = await open()
    }
    await connection.query(`DROP DATABASE IF EXISTS \`${database}\``)
    await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`)
    await connection.end()
  } catch (error) {
    dropUser()
    return {
      missing: `MySQL at ${server.host}:${server.port} refused us (${error.message}): set TEST_MYSQL_URL=mysql://user:password@host:port`,
    }
  }

  return {
    env: {
      DB_CONNECTION: 'mysql',
      DB_HOST: server.host,
      DB_PORT: String(server.port),
      DB_USER: user,
      DB_PASSWORD: password,
      DB_DATABASE: database,
    },
    async release() {
      const connection = await open()
      await connection.query(`DROP DATABASE IF EXISTS \`${database}\``)
      await connection.end()
      dropUser()
    },
  }
}

/* Numbers that this run already uses; they look empty until a test writes. */
const givenRedisDatabases = new Set()

/**
 * Finds a Redis database (one of the server's numbered ones) that is empty and that no
 * other process of this run has.
 *
 * @returns as `prepareMysql` does
 */
export async function prepareRedis({ lane, bringUp, say }) {
  const given = process.env.TEST_REDIS_URL
  if (given && !URL.canParse(given)) throw new Stopped('TEST_REDIS_URL is not a URL')
  const url = new URL(given || 'redis://127.0.0.1:6379')
  const server = { host: url.hostname, port: Number(url.port || 6379) }
  const password = decodeURIComponent(url.password)

  const missing = `Redis does not answer at ${server.host}:${server.port}: start it, or set TEST_REDIS_URL=redis://:password@host:port`
  if (!(await answers(server.host, server.port))) {
    if (given || !bringUp || !(await bringUpRedis(say))) return { missing }
  }

  const { Redis } = await import('ioredis')
  const open = async (db) => {
    const redis = new Redis({
      ...server,
      db,
      password: password || undefined,
      lazyConnect: true,
      retryStrategy: null,
    })
    redis.on('error', () => {})
    await redis.connect()
    return redis
  }

  /* A number in the URL is the first lane's, the next one the second's; otherwise any empty one. */
  const named = url.pathname.slice(1)
  const candidates = (
    named ? [Number(named) + lane] : Array.from({ length: 15 }, (_, index) => 15 - index)
  ).filter((db) => !givenRedisDatabases.has(db))
  try {
    for (const db of candidates) {
      const redis = await open(db)
      const size = await redis.dbsize()
      redis.disconnect()
      if (size > 0) continue
      givenRedisDatabases.add(db)
      return {
        env: {
          REDIS_HOST: server.host,
          REDIS_PORT: String(server.port),
          REDIS_PASSWORD: password,
          TEST_REDIS_DB: String(db),
        },
        async release() {
          const own = await open(db)
          await own.flushdb()
          own.disconnect()
        },
      }
    }
  } catch (error) {
    return {
      missing: `Redis at ${server.host}:${server.port} refused us (${error.message}): set TEST_REDIS_URL=redis://:password@host:port`,
    }
  }
  return {
    missing: `Redis at ${server.host}:${server.port} has no empty database left for the tests: set TEST_REDIS_URL=redis://host:port/number`,
  }
}

/** The browser that Playwright downloaded earlier, or null. */
async function playwrightsOwn() {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return existsSync(path) ? path : null
}

async function findChromium() {
  if (process.env.CHROMIUM) {
    if (existsSync(process.env.CHROMIUM)) return process.env.CHROMIUM
    throw new Stopped(`CHROMIUM names ${process.env.CHROMIUM}, which does not exist`)
  }
  return (
    which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
    (await playwrightsOwn())
  )
}

/** Without a Korean font, Chromium draws boxes and page widths differ. */
async function hasKoreanFont() {
  const { code, output } = await capture('fc-list', [':lang=ko', 'family'])
  return code === 0 && output.trim() !== ''
}

/**
 * Finds a Chromium: an installed one, else Debian's if root, else Playwright's.
 *
 * @returns the environment that names it; or `missing`, which says how to get it
 */
export async function prepareChromium({ bringUp, say }) {
  let path = await findChromium()
  if (!path && canInstall()) {
    await aptInstall(['chromium', 'fonts-noto-cjk'], say)
    path = await findChromium()
  }
  if (!path) {
    say('Fetching a Chromium for the browser tests …')
    await capture(applicationNode(), ['node_modules/playwright/cli.js', 'install', 'chromium'], {
      env: withOwnCommands(),
    })
    path = await playwrightsOwn()
  }
  if (!path) {
    return {
      missing:
        'no Chromium: install one (Debian: apt-get install chromium fonts-noto-cjk), or name it in CHROMIUM',
    }
  }
  if (bringUp && canInstall() && !(await hasKoreanFont())) await aptInstall(['fonts-noto-cjk'], say)
  return { env: { CHROMIUM: path }, async release() {} }
}

/** The modules that the example for PHP needs and Debian has in packages of their own. */
const APACHE_MODULES = '/usr/lib/apache2/modules'

function findApache() {
  const path = which('apache2')
  const modules = path && existsSync(APACHE_MODULES) ? readdirSync(APACHE_MODULES) : []
  const hasAll = ['mod_auth_openidc', 'libphp'].every((name) =>
    modules.some((file) => file.startsWith(name))
  )
  return hasAll ? path : null
}

/**
 * Finds an Apache with PHP and mod_auth_openidc, for the example of a site that has them.
 *
 * @returns as `prepareChromium` does
 */
export async function prepareApache({ bringUp, say }) {
  /* Without the package apache2, which would start a server. */
  const packages = ['apache2-bin', 'libapache2-mod-auth-openidc', 'libapache2-mod-php']
  if (!findApache() && bringUp && canInstall()) await aptInstall(packages, say)
  const path = findApache()
  return path
    ? { env: { APACHE: path, APACHE_MODULES }, async release() {} }
    : {
        missing: `no Apache for the example with PHP (Debian: apt-get install ${packages.join(' ')})`,
      }
}
