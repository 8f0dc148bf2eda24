/*
 * Do visitors notice when a provider hangs? Starts the built server beside a provider
 * that takes calls and never answers, requests the sign-in page repeatedly, alternating
 * between an idle server and one with 200 callbacks waiting, and compares:
 *
 *   node --import=@poppinss/ts-exec benchmarks/hanging_provider.ts
 *
 * It needs the build (`npm run build`). It creates an SQLite file and removes it, or with
 * DB_CONNECTION=mysql and the other DB_… settings writes to a database there and leaves
 * what it wrote. Exits with 1 if the p99 more than doubles.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const HANGING = 200
const ROUNDS = 6
/* Well within the five seconds after which the server gives up on a call, in milliseconds. */
const ROUND_LASTS = 3_000
const MOST_SLOWED = 2

const KEY = 'hanging'
const built = fileURLToPath(new URL('../build/', import.meta.url))

let calls = 0
const provider = createServer(() => calls++).listen(0, '127.0.0.1')
await once(provider, 'listening')
const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`

const probe = createServer().listen(0, '127.0.0.1')
await once(probe, 'listening')
const { port } = probe.address() as AddressInfo
await new Promise((resolve) => probe.close(resolve))
const site = `http://127.0.0.1:${port}`

const folder = await mkdtemp(join(tmpdir(), 'daemun-hanging-'))
const database = Object.entries(process.env).filter(([name]) => name.startsWith('DB_'))
const env = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  ENV_PATH: folder,
  HOST: '127.0.0.1',
  PORT: String(port),
  APP_URL: site,
  APP_KEY: 'benchmark-app-key-of-32-characters',
  SECRETS_KEY: 'benchmark-secrets-key-of-32-chars.',
  LOG_LEVEL: 'error',
  RATE_LIMIT_SCALE: '1000',
  DB_FILE: join(folder, 'daemun.sqlite3'),
  ...Object.fromEntries(database),
  KAKAO_AUTH_ORIGIN: origin,
  KAKAO_API_ORIGIN: origin,
}

function start(file: string, ...words: string[]) {
  return spawn(process.execPath, [join(built, file), ...words], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
}

async function ace(words: string[], input = '') {
  const child = start('ace.js', ...words)
  child.stdin.end(input)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`ace ${words[0]} ended with ${code}`)
}

/** A browser on the sign-in page. */
async function open() {
  const response = await fetch(`${site}/user/login`, { headers: { accept: 'text/html' } })
  const html = await response.text()
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { cookie, csrf: /name='_csrf' value='([^']+)'/.exec(html)![1] }
}

/** Leaves for the provider HANGING times; returns the addresses to come back to. */
async function leave(cookie: string, csrf: string): Promise<string[]> {
  const trip = async () => {
    const response = await fetch(`${site}/user/login/social/${KEY}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie },
      body: new URLSearchParams({ _csrf: csrf }),
    })
    const state = new URL(response.headers.get('location')!, site).searchParams.get('state')
    return `${site}/user/login/social/${KEY}/callback/?code=anything&state=${state}`
  }
  return Promise.all(Array.from({ length: HANGING }, trip))
}

/** One visitor after another, for one round; how long each waited, in milliseconds. */
async function visit(times: number[]) {
  for (const end = performance.now() + ROUND_LASTS; performance.now() < end;) {
    const begun = performance.now()
    const response = await fetch(`${site}/user/login`, { headers: { accept: 'text/html' } })
    await response.text()
    times.push(performance.now() - begun)
    if (response.status !== 200) throw new Error(`The sign-in page answered ${response.status}`)
  }
}

const percentile = (times: number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)]

await ace(['migration:run', '--force'])
await ace(
  ['provider:set', KEY, '--driver=kakao', '--client-id=id', '--secret-stdin', '--enable'],
  'secret\n'
)
const server = start('bin/server.js')
const live = () => fetch(`${site}/health/live`).then(({ ok }) => ok)
while (!(await live().catch(() => false))) await wait(50)

const alone: number[] = []
const beside: number[] = []
try {
  await visit([])
  for (let round = 0; round < ROUNDS; round++) {
    const { cookie, csrf } = await open()
    const callbacks = await leave(cookie, csrf)
    await visit(alone)

    calls = 0
    const answers = callbacks.map((one) => fetch(one, { redirect: 'manual', headers: { cookie } }))
    while (calls < HANGING) await wait(10)
    await visit(beside)
    for (const answer of await Promise.all(answers)) {
      const failure = answer.headers.get('location')
      if (!failure?.includes('provider_timeout')) throw new Error(`A callback led to ${failure}`)
    }
  }
} finally {
  server.kill('SIGTERM')
  await once(server, 'exit')
  provider.closeAllConnections()
  provider.close()
  await rm(folder, { recursive: true, force: true })
}

const shares = [0.5, 0.99]
const row = (name: string, values: number[], digits: number, note = '') =>
  console.log(
    name.padEnd(28) + values.map((one) => one.toFixed(digits).padStart(9)).join('') + note
  )
const figures = (times: number[]) => shares.map((share) => percentile(times, share))
const ratios = shares.map((share) => percentile(beside, share) / percentile(alone, share))

console.log(`GET /user/login, ms`.padEnd(28) + '      p50      p99')
row('alone', figures(alone), 1, `   ${alone.length} times`)
row(`while ${HANGING} callbacks hang`, figures(beside), 1, `   ${beside.length} times`)
row('ratio', ratios, 2)
process.exitCode = ratios[1] > MOST_SLOWED ? 1 : 0
