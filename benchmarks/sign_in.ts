/*
 * What a whole sign-in costs the server: the sign-in page, the start, the callback and
 * the home page, for first-time and for returning people. For comparison, in the same
 * run and alternating, better-auth, Express with Passport, and the least that node:http
 * can do it with:
 *
 *   npm run bench [-- --rounds=5 --people=150 --only=daemun,better-auth]
 *   npm run bench -- --statements        every statement of one sign-in, as MySQL receives it
 *   npm run bench -- --cpu-prof=FOLDER   a profile of each server
 *
 * It needs the build (`npm run build`), MySQL (BENCH_MYSQL_URL, by default root without
 * a password on 127.0.0.1) and Linux, which reports another process's CPU time in /proc.
 * It creates its own databases and drops them. Kakao runs in a separate process, so that
 * its work is charged to nobody.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { Browser } from './support/browser.js'
import { counting } from './support/counting_relay.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const { values: options } = parseArgs({
  options: {
    'rounds': { type: 'string', default: '5' },
    'people': { type: 'string', default: '150' },
    'only': { type: 'string' },
    'statements': { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
  },
})
const ROUNDS = Number(options.rounds)
const PEOPLE = Number(options.people)
/* How many sign in at once: few while measuring CPU time, many while measuring waits. */
const FEW = 4
const MANY = 32
/* Lets the compiler settle before anything counts. */
const WARM_UP = 150

const mysql = new URL(process.env.BENCH_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306')
const databases: string[] = []
const children: ChildProcess[] = []
const folder = mkdtempSync(join(tmpdir(), 'daemun-bench-'))

const stateOf = (location: string) => new URL(location).searchParams.get('state')!

interface Contender {
  name: string
  start(port: number, mysqlUrl: string): ChildProcess | Promise<ChildProcess>
  /** One person, from the first page to the last. */
  signIn(browser: Browser, id: number): Promise<void>
}

function mustSay(text: string, id: number) {
  if (!text.includes(`벤치 ${id}`)) throw new Error(`person ${id} is not signed in: ${text}`)
}

const node = (file: string, env: NodeJS.ProcessEnv, ...words: string[]) => {
  const profile = options['cpu-prof'] ? ['--cpu-prof', `--cpu-prof-dir=${options['cpu-prof']}`] : []
  const child = spawn(process.execPath, [...profile, file, ...words], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', KAKAO_ORIGIN: kakao, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    child.stdout!.resume()
    return line
  }
  throw new Error('a server ended before it listened')
}

const stub = spawn(process.execPath, [here('provider_stub.mjs')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
children.push(stub)
const kakao = `http://127.0.0.1:${await firstLine(stub)}`

const daemun: Contender = {
  name: 'daemun',
  async start(port, mysqlUrl) {
    const url = new URL(mysqlUrl)
    const env = {
      ENV_PATH: folder,
      HOST: '127.0.0.1',
      PORT: String(port),
      APP_URL: `http://127.0.0.1:${port}`,
      APP_KEY: 'benchmark-app-key-of-32-characters',
      SECRETS_KEY: 'benchmark-secrets-key-of-32-chars.',
      LOG_LEVEL: 'error',
      RATE_LIMIT_SCALE: '100000',
      DB_CONNECTION: 'mysql',
      DB_HOST: url.hostname,
      DB_PORT: url.port || '3306',
      DB_USER: decodeURIComponent(url.username),
      DB_PASSWORD: decodeURIComponent(url.password),
      DB_DATABASE: url.pathname.slice(1),
      KAKAO_AUTH_ORIGIN: kakao,
      KAKAO_API_ORIGIN: kakao,
    }
    const built = here('../build/')
    const ace = async (words: string[], input = '') => {
      const child = node(join(built, 'ace.js'), env, ...words)
      child.stdout!.resume()
      child.stdin!.end(input)
      const [code] = await once(child, 'exit')
      if (code !== 0) throw new Error(`ace ${words[0]} ended with ${code}`)
    }
    await ace(['migration:run', '--force'])
    const flags = ['--client-id=id', '--secret-stdin', '--enable', '--required=email,name']
    await ace(['provider:set', 'kakao', ...flags], 'secret\n')
    return node(join(built, 'bin/server.js'), env)
  },
  async signIn(browser, id) {
    const page = await browser.get('/user/login')
    const [, csrf] = /name=['"]_csrf['"] value=['"]([^'"]+)/.exec(page.text)!
    const left = await browser.form('/user/login/social/kakao', { _csrf: csrf })
    const back = `/user/login/social/kakao/callback/?code=${id}&state=${stateOf(left.location)}`
    await browser.get(back)
    mustSay(await browser.read('/'), id)
  },
}

function betterAuth(withPages: boolean): Contender {
  return {
    name: withPages ? 'better-auth with pages' : 'better-auth',
    start: (port, MYSQL_URL) =>
      node(here('peers/better_auth.mjs'), {
        MYSQL_URL,
        PORT: String(port),
        PAGES: String(withPages),
      }),
    async signIn(browser, id) {
      if (withPages) await browser.get('/login')
      const left = await browser.ask('POST', '/api/auth/sign-in/social', {
        type: 'application/json',
        text: JSON.stringify({ provider: 'kakao', callbackURL: '/' }),
      })
      const state = stateOf(JSON.parse(left.text).url)
      await browser.get(`/api/auth/callback/kakao?code=${id}&state=${state}`)
      mustSay(await browser.read(withPages ? '/' : '/api/auth/get-session'), id)
    },
  }
}

function plain(file: string, name: string, withPages: boolean): Contender {
  return {
    name: withPages ? `${name} with pages` : name,
    start: (port, MYSQL_URL) =>
      node(here(`peers/${file}.mjs`), { MYSQL_URL, PORT: String(port), PAGES: String(withPages) }),
    async signIn(browser, id) {
      if (withPages) await browser.get('/login')
      const left = await browser.get('/auth/kakao')
      const state = stateOf(left.location)
      await browser.get(`/auth/kakao/callback?code=${id}&state=${state}`)
      mustSay(await browser.read('/'), id)
    },
  }
}

const contenders = [
  daemun,
  betterAuth(false),
  betterAuth(true),
  plain('passport', 'passport', false),
  plain('passport', 'passport', true),
  plain('bare', 'node:http', false),
].filter(({ name }) => !options.only || options.only.split(',').includes(name))

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

interface Running extends Contender {
  origin: string
  child: ChildProcess
  relay: Awaited<ReturnType<typeof counting>>
  nextId: number
  cpu: { fresh: number[]; returning: number[] }
  rate: number[]
  waits: number[]
  statements: { fresh: string[]; returning: string[] }
  steadyMb: number
}

async function start(contender: Contender): Promise<Running> {
  const database = `daemun_bench_${process.pid}_${contender.name.replace(/\W/g, '_')}`
  const connection = await createConnection(mysql.href)
  await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`)
  await connection.end()
  databases.push(database)

  const relay = await counting(mysql)
  const through = new URL(mysql)
  through.hostname = '127.0.0.1'
  through.port = String(relay.port)
  through.pathname = `/${database}`
  const port = await freePort()
  const child = await contender.start(port, through.href)
  const origin = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    const answers = await fetch(origin).then(
      () => true,
      () => false
    )
    if (answers) break
    if (tries > 300 || child.exitCode !== null) throw new Error(`${contender.name} does not start`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  child.stdout!.resume()
  return {
    ...contender,
    origin,
    child,
    relay,
    nextId: 1_000,
    cpu: { fresh: [], returning: [] },
    rate: [],
    waits: [],
    statements: { fresh: [], returning: [] },
    steadyMb: 0,
  }
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** CPU time used by a process, all its threads, in milliseconds. */
function processorTime({ child }: Running): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS
}

/** `VmHWM` (its peak memory) or `VmRSS` (its current memory), in megabytes. */
function memory({ child }: Running, field: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) / 1024
}

/** Signs in all `ids`, `atOnce` at a time; how long each took, in milliseconds. */
async function crowd(running: Running, ids: number[], atOnce: number): Promise<number[]> {
  const waits: number[] = []
  const waiting = [...ids]
  const one = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const begun = performance.now()
      await running.signIn(new Browser(running.origin), id)
      waits.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return waits
}

const newcomers = (running: Running, count: number) =>
  Array.from({ length: count }, () => running.nextId++)

async function round(running: Running) {
  const ids = newcomers(running, PEOPLE)
  for (const kind of ['fresh', 'returning'] as const) {
    const before = processorTime(running)
    await crowd(running, ids, FEW)
    running.cpu[kind].push((processorTime(running) - before) / PEOPLE)
  }
  const begun = performance.now()
  running.waits.push(...(await crowd(running, newcomers(running, PEOPLE), MANY)))
  running.rate.push((PEOPLE * 1_000) / (performance.now() - begun))
}

/** Signs in one person alone, so that every statement heard is theirs. */
async function listen(running: Running) {
  const [id] = newcomers(running, 1)
  for (const kind of ['fresh', 'returning'] as const) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    running.relay.heard.length = 0
    await crowd(running, [id], 1)
    running.statements[kind] = [...running.relay.heard]
  }
}

/* The target does not count transactions, connection settings and limits. */
const isCounted = (statement: string) =>
  !/^(begin|commit|rollback|start transaction|set |select 1)|`?rate_limits`?|release |savepoint/i.test(
    statement.trim()
  )

const median = (figures: number[]) =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]
const percentile = (figures: number[], share: number) =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length * share)]

function report(all: Running[]) {
  const { model } = cpus()[0]
  console.log(
    `\n${new Date().toISOString()} · Node ${process.version} · ${cpus().length} × ${model}`
  )
  console.log(`${ROUNDS} rounds of ${PEOPLE}, turn about; medians\n`)
  const head = ['', 'new ms', 'returning ms', 'per s', 'p50', 'p95', 'p99', 'SQL new', 'SQL ret.']
  const lines = all.map((one) => [
    one.name,
    median(one.cpu.fresh).toFixed(2),
    median(one.cpu.returning).toFixed(2),
    median(one.rate).toFixed(0),
    ...[0.5, 0.95, 0.99].map((share) => percentile(one.waits, share).toFixed(0)),
    String(one.statements.fresh.filter(isCounted).length),
    String(one.statements.returning.filter(isCounted).length),
    memory(one, 'VmHWM').toFixed(0),
    one.steadyMb.toFixed(0),
  ])
  const table = [[...head, 'peak MB', 'steady MB'], ...lines]
  const widths = table[0].map((_, at) => Math.max(...table.map((line) => line[at].length)))
  for (const line of table) {
    console.log(line.map((cell, at) => cell[at ? 'padStart' : 'padEnd'](widths[at])).join('  '))
  }
  const ours = all.find(({ name }) => name === 'daemun')
  if (!ours) return
  console.log('')
  for (const other of all) {
    if (other === ours) continue
    const [fresh, returning] = (['fresh', 'returning'] as const).map((kind) =>
      (median(ours.cpu[kind]) / median(other.cpu[kind])).toFixed(2)
    )
    console.log(`daemun / ${other.name}: ${fresh} (new), ${returning} (returning)`)
  }
}

async function run() {
  if (!existsSync(here('../build/bin/server.js'))) throw new Error('npm run build first')
  if (!existsSync(here('peers/node_modules')) && options.only !== 'daemun') {
    console.log('Installing the peers …')
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here('peers'), stdio: 'inherit' })
  }
  if (options['cpu-prof']) mkdirSync(options['cpu-prof'], { recursive: true })

  const all: Running[] = []
  for (const contender of contenders) all.push(await start(contender))
  for (const one of all) await crowd(one, newcomers(one, WARM_UP), FEW)
  for (const one of all) await listen(one)
  if (options.statements) {
    for (const { name, statements } of all) {
      for (const [kind, heard] of Object.entries(statements)) {
        console.log(`\n${name}, ${kind}:`)
        for (const statement of heard) {
          console.log(`${isCounted(statement) ? '*' : ' '} ${statement.replace(/\s+/g, ' ')}`)
        }
      }
    }
    return
  }
  for (let at = 0; at < ROUNDS; at++) {
    for (const one of all) await round(one)
    process.stderr.write(`round ${at + 1} of ${ROUNDS}\n`)
  }
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  for (const one of all) one.steadyMb = memory(one, 'VmRSS')
  report(all)
}

try {
  await run()
} finally {
  for (const child of children.filter(({ exitCode }) => exitCode === null)) {
    child.kill(options['cpu-prof'] ? 'SIGINT' : 'SIGTERM')
    await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 12_000))])
    child.kill('SIGKILL')
  }
  const connection = await createConnection(mysql.href)
  for (const database of databases) await connection.query(`DROP DATABASE \`${database}\``)
  await connection.end()
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
