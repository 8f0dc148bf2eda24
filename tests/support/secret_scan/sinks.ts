import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import type { HttpContext } from '@adonisjs/core/http'
import type { LoggerConfig } from '@adonisjs/core/types/logger'
import type { ApplicationService } from '@adonisjs/core/types'
import emitter from '@adonisjs/core/services/emitter'
import db from '@adonisjs/lucid/services/db'
import redis from '@adonisjs/redis/services/main'
import { looksLikeToken } from '#crypto/random_token'
import { SEALED_COLUMNS, SecretUnreadable, unseal } from '#crypto/sealed'
import type { Place } from '#tests/support/secret_scan/allowed'
import { SecretScan } from '#tests/support/secret_scan/secret_scan'

/** Scans the whole run. */
export const suiteScan = new SecretScan()

/** The scans told of every secret and every text: a test of the scan adds its own here. */
export const scans = new Set([suiteScan])

/** Registers a secret that must not be found. */
export function know(kind: string, secret: unknown) {
  for (const scan of scans) scan.register(kind, secret)
}

/** Passes on something the application gave away. */
export function giveAway(place: Place, text: string) {
  for (const scan of scans) scan.read(place, text)
}

/** Readers, besides the scans, of every log line (`tests/support/log.ts`). */
export const logReaders = new Set<(line: string) => void>()

/**
 * Makes the application log every line, down to the lowest level, to the scan and nowhere
 * else. What the configuration redacts stays redacted.
 */
export async function readLog(app: ApplicationService) {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      giveAway({ sink: 'log', where: 'the application' }, String(chunk))
      for (const read of logReaders) read(String(chunk))
      done()
    },
  })
  const config = app.config.get<LoggerConfig>('logger.loggers.app')
  const manager = await app.container.make('logger')
  const { pino } = manager.create({ ...config, level: 'trace', destination })
  for (const logger of [manager, manager.use()]) logger.pino = pino
}

/** A server whose answers are read as they are sent, no matter who asks. */
export function watchedServer(listener: RequestListener) {
  return createServer((request, response) => {
    watch(request, response)
    return listener(request, response)
  })
}

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[]

function watch(request: IncomingMessage, response: ServerResponse) {
  const path = (request.url ?? '').split('?')[0]
  const chunks: Buffer[] = []
  let given: OutgoingHttpHeaders = {}
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encodingOf(encoding)))
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }

  const { write, end, writeHead } = response
  response.write = ((...args: Parameters<typeof write>) => {
    keep(args[0], args[1])
    return write.apply(response, args)
  }) as typeof write
  response.writeHead = ((status: number, ...rest: (string | Headers | undefined)[]) => {
    const headers = rest.find((one) => typeof one === 'object')
    if (headers && !Array.isArray(headers)) given = headers
    return writeHead.call(response, status, ...(rest as []))
  }) as typeof writeHead
  response.end = ((...args: Parameters<typeof end>) => {
    keep(args[0], args[1])
    const headers = { ...response.getHeaders(), ...given }
    const sent = Buffer.concat(chunks)
    const isPacked = response.getHeader('content-encoding') === 'gzip' && sent.length > 0
    const body = (isPacked && !path.startsWith('/assets/') ? gunzipSync(sent) : sent).toString()
    /* Before the answer arrives, so that what it shows and what it issues are known by then. */
    if (path.startsWith('/sandbox/')) registerIssued(headers.location, body)
    else readAnswer(nameOf(request.method, path), headers, body)
    return end.apply(response, args)
  }) as typeof end
}

/** One name for each page: a HEAD is answered like a GET, and a trailing slash changes nothing. */
function nameOf(method: string | undefined, path: string) {
  return `${method === 'HEAD' ? 'GET' : method} ${path.replace(/(?<=.)\/$/, '')}`
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === 'string' ? (value as BufferEncoding) : 'utf8'
}

/** Reads an answer of the application; build output contains nothing new. */
export function readAnswer(where: string, headers: OutgoingHttpHeaders, body: string) {
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value ?? []].flat()) {
      const header = `${name.toLowerCase()}: ${one}`
      registerFromHeader(header)
      giveAway({ sink: 'response header', where, header }, header)
    }
  }
  const type = String(headers['content-type'] ?? 'text/')
  if (/^(text|application\/(json|x-ndjson))/.test(type) && !where.startsWith('GET /assets/')) {
    giveAway({ sink: 'response body', where }, body)
  }
  registerForSite(where, headers, body)
}

/** Registers what a site is given about its visitors. */
function registerForSite(where: string, { location }: OutgoingHttpHeaders, body: string) {
  if (where.startsWith('GET /oidc/auth')) {
    know('code for a site', new URLSearchParams(String(location ?? '').split('?')[1]).get('code'))
  }
  if (where !== 'POST /oidc/token') return
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    const [, token] = new RegExp(`"${name}":"([^"]+)"`).exec(body) ?? []
    /* All ID tokens begin alike; no two have the same signature. */
    know(`${name.replace('_', ' ')} for a site`, token?.split('.').at(-1))
  }
}

/** Registers what the application itself generates, at the point where it hands it over. */
function registerFromHeader(header: string) {
  const [, cookie, value] =
    /^set-cookie: (?:__Host-)?daemun-(\w+)(?:-\d+)?=([^;]{43})/.exec(header) ?? []
  if (cookie === 'session') know('session token', value)
  if (cookie === 'browser') know('browser secret', value)
  const [, address] = /^location: (https?:.*)/.exec(header) ?? []
  if (address && URL.canParse(address)) readAuthorizationRequest(new URL(address).searchParams)
}

/* Other redirects repeat a state that somebody else chose; only this one issues it. */
function readAuthorizationRequest(query: URLSearchParams) {
  const state = query.get('state')
  if (query.get('response_type') === 'code' && looksLikeToken(state)) know('state', state)
}

/** Registers codes and tokens in an answer of a simulated provider. */
export function registerIssued(location: unknown, body: string) {
  const query = new URLSearchParams(String(location ?? '').split('?')[1])
  know('authorization code', query.get('code'))
  if (!body.startsWith('{')) return
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    const [, token] = new RegExp(`"${name}"\\s*:\\s*"([^"]+)"`).exec(body) ?? []
    know(name.replace('_', ' '), token)
  }
}

/** Registers what a request to a provider authenticates itself with. */
export function registerAsked(form: URLSearchParams) {
  know('PKCE verifier', form.get('code_verifier'))
}

/** Registers a form that somebody fills in, field by field. */
export function registerTyped(fields: Iterable<[string, unknown]>) {
  const all = [...fields].filter((field): field is [string, string] => typeof field[1] === 'string')
  for (const [name, value] of all) {
    if (!/secret|password|passphrase|adminkey/i.test(name)) continue
    /* A value refused as a password, such as a name or an address, appears in many places. */
    const isKnown = all.some(([other, text]) => other !== name && text && value.includes(text))
    if (!isKnown && !value.includes('@')) know(`typed ${name}`, value)
  }
}

/** Registers what is typed into a command that reads it from standard input. */
export function registerLines(input: string) {
  for (const line of input.split(/\r?\n/)) know('typed at a command', line.trim())
}

const KEYS = ['APP_KEY', 'SECRETS_KEY', 'METRICS_TOKEN', 'SMTP_PASSWORD', 'DB_PASSWORD']

/** Registers the keys of the installation itself. */
export function registerKeys(env: Record<string, string | undefined>) {
  for (const name of KEYS) know(name, env[name])
}

/**
 * Reads every row of every table, after registering those secrets in the sealed columns
 * that no other column may contain.
 */
export async function readDatabase() {
  await registerSealed()
  const tables: string[] = await db.connection().getAllTables()
  const ours = tables.filter((table) => !table.startsWith('adonis_schema'))
  await Promise.all(
    ours.map(async (table) => {
      for (const row of await db.from(table)) {
        for (const [column, value] of Object.entries(row)) {
          if (typeof value !== 'string') continue
          giveAway({ sink: 'database', where: `${table}.${column}` }, value)
        }
      }
    })
  )
}

async function registerSealed() {
  for (const { table, id, column, purpose } of SEALED_COLUMNS) {
    if (table === 'key_checks' || column === 'profile') continue
    const rows = await db.from(table).select({ id, value: column }).whereNotNull(column)
    for (const row of rows) {
      const value = opened(purpose(row.id), row.value)
      if (value !== null) registerOpened(`${table}.${column}`, value)
    }
  }
}

/** @returns `null` for what another process sealed with its own keys */
function opened(purpose: string, sealed: string): string | null {
  try {
    return unseal(purpose, sealed)
  } catch (error) {
    if (error instanceof SecretUnreadable) return null
    throw error
  }
}

function registerOpened(name: string, value: string) {
  if (!value.startsWith('{')) return know(name, value)
  for (const [field, one] of Object.entries<unknown>(JSON.parse(value))) {
    if (field === 'code') know('mailed code', one)
    else if (field === 'url') registerLink(String(one))
    else if (/token/i.test(field)) know(`${name} ${field}`, one)
  }
}

/** A link that ends in a token is as good as a key; others lead to pages that ask for a sign-in. */
function registerLink(url: string) {
  const last = url.split('/').at(-1)
  if (looksLikeToken(last)) know('mailed link', last)
}

/** Reads what people typed, and what the framework keeps for each of them, in any store. */
export function readRequests() {
  emitter.on('http:request_completed', ({ ctx }: { ctx: HttpContext }) => {
    /* Not the query: it is in the browser history anyway, and no form puts a secret there. */
    registerTyped(Object.entries(ctx.request.body()))
    if (!ctx.session) return
    const where = `${ctx.request.method()} ${ctx.request.url()}`
    giveAway({ sink: 'session', where }, JSON.stringify(ctx.session.all()))
  })
}

/** Reads the sessions as stored in Redis, if the tests keep them there. */
export async function readRedis() {
  if (process.env.SESSION_DRIVER !== 'redis') return
  for (let cursor = '0'; ;) {
    const [next, keys] = await redis.connection('main').scan(cursor, 'COUNT', 500)
    for (const key of keys) {
      if ((await redis.connection('main').type(key)) !== 'string') continue
      giveAway({ sink: 'session', where: 'Redis' }, (await redis.get(key)) ?? '')
    }
    if (next === '0') return
    cursor = next
  }
}

/** Scans everything read so far, for everything known by now. */
export async function lookForSecrets() {
  await readDatabase()
  for (const scan of scans) scan.look()
}
