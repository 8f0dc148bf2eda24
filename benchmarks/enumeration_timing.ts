/*
 * Can response times reveal whether an address has an account here? Asks a running
 * server 50 times for each kind of address, alternating between kinds, and compares
 * the medians:
 *
 *   node --import=@poppinss/ts-exec benchmarks/enumeration_timing.ts [http://localhost:3333]
 *
 * The server refuses that many requests unless it runs with RATE_LIMIT_SCALE=100.
 * It needs the server's environment (.env or the same variables), because it creates
 * accounts in its database and removes them. Not for a site in use.
 */
import '../bin/utc.js'
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { Ignitor } from '@adonisjs/core'

const TIMES = 50
const PASSWORD = 'a password of the benchmark'
/* How far apart two medians may be, as a share of the larger. */
const MOST_APART = 0.2

const site = process.argv[2] ?? 'http://localhost:3333'
const root = new URL('../', import.meta.url)
const importer = (path: string) => import(path.startsWith('.') ? new URL(path, root).href : path)
const app = new Ignitor(root, { importer }).createApp('console')
await app.init()
await app.boot()

const { default: hash } = await import('@adonisjs/core/services/hash')
const { default: db } = await import('@adonisjs/lucid/services/db')
const { default: User } = await import('#models/user')
const { default: Registration } = await import('#models/registration')

const run = randomBytes(4).toString('hex')
const addresses = (kind: string) =>
  Array.from({ length: TIMES }, (_, index) => `${kind}-${index}-${run}@timing.example.com`)

/** Each page gets its own addresses: the quiet limit per address is a separate path. */
const pages = {
  'sign-in': { path: '/user/login', fields: { password: 'not the password' } },
  'sign-up': { path: '/user/create', fields: { name: 'Timing', password: PASSWORD } },
  'forgot': { path: '/user/password/forgot', fields: {} },
  'resend': { path: '/user/resend_verify_email', fields: {} },
}
type PageName = keyof typeof pages
type Kind = 'account' | 'waiting' | 'unknown'
const kinds: Kind[] = ['account', 'waiting', 'unknown']

async function prepare(name: PageName, hashed: string) {
  await db.transaction(async (trx) => {
    for (const email of addresses(`${name}-account`)) {
      const user = await User.create(
        { email, name: 'Timing', nameSetHere: true, role: 'member' },
        { client: trx }
      )
      await user.keepPasswordHash(hashed, trx)
    }
    for (const email of addresses(`${name}-waiting`)) {
      const registration = new Registration()
      registration.fill({ email, name: 'Timing', password: hashed, tries: 0 })
      registration.renew()
      await registration.useTransaction(trx).save()
    }
  })
}

async function removeAll() {
  const ours = `%-${run}@timing.example.com`
  await db.from('users').where('email', 'like', ours).delete()
  await db.from('registrations').where('email', 'like', ours).delete()
  await db.from('outgoing_mails').where('recipient', 'like', ours).delete()
}

/** A browser that has opened the page: its cookies and the token of its form. */
async function open(path: string) {
  const response = await fetch(site + path, { headers: { accept: 'text/html' } })
  const html = await response.text()
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { cookie, csrf: /name='_csrf' value='([^']+)'/.exec(html)?.[1] ?? '' }
}

/** @returns milliseconds until the whole answer had arrived */
async function time(name: PageName, email: string, visitor: { cookie: string; csrf: string }) {
  const { path, fields } = pages[name]
  const body = new URLSearchParams({ _csrf: visitor.csrf, email, ...fields })
  const startedAt = performance.now()
  const response = await fetch(site + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: visitor.cookie, accept: 'text/html' },
    body,
  })
  await response.text()
  const took = performance.now() - startedAt
  const expected = name === 'sign-in' ? 422 : 303
  if (response.status !== expected) throw new Error(`${path} answered ${response.status}`)
  return took
}

function median(values: number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  return (
    (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
  )
}

let isEven = true
try {
  const hashed = await hash.make(PASSWORD)
  for (const name of Object.keys(pages) as PageName[]) {
    await prepare(name, hashed)
    const visitor = await open(pages[name].path)
    const took: Record<Kind, number[]> = { account: [], waiting: [], unknown: [] }
    await time(name, `warm-up-${name}-${run}@timing.example.com`, visitor)

    const lists = kinds.map((kind) => addresses(`${name}-${kind}`))
    for (let turn = 0; turn < TIMES; turn++) {
      /* A different kind goes first each time. */
      for (let offset = 0; offset < kinds.length; offset++) {
        const which = (turn + offset) % kinds.length
        took[kinds[which]].push(await time(name, lists[which][turn], visitor))
      }
    }

    const medians = kinds.map((kind) => median(took[kind]))
    const apart = (Math.max(...medians) - Math.min(...medians)) / Math.max(...medians)
    isEven &&= apart <= MOST_APART
    const figures = kinds.map((kind, index) => `${kind} ${medians[index].toFixed(1)} ms`)
    console.log(`${name.padEnd(8)} ${figures.join(', ')}: ${(apart * 100).toFixed(1)} % apart`)
  }
} finally {
  await removeAll()
  await app.terminate()
}
process.exit(isEven ? 0 : 1)
