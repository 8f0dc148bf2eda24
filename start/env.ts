/*
 * Every setting that comes from outside, as listed in `docs/configuration.md`. A bad
 * value stops the start with one line that names the variable.
 */
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'
import { Env } from '@adonisjs/core/env'
import { Exception } from '@adonisjs/core/exceptions'
import { normalizeEmail } from '../app/text/email.js'
import { StartRefused } from './failures.js'
import { isLoopbackHost } from './loopback.js'

type Rule<T> = (key: string, value?: string) => T

const refuse = (key: string, why: string) => new Exception(`${key} ${why}`)

/** An absolute URL without a path: https anywhere, http on loopback only. */
function origin(key: string, value: string): string {
  const bad = (why: string) => new StartRefused(`Bad environment: ${key} ${why}`)
  if (!URL.canParse(value)) throw bad('must be a URL such as https://provider.example')
  const url = new URL(value)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    throw bad('must begin with https:// (http:// is for loopback addresses only)')
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw bad('must be scheme, host and port only')
  }
  return url.origin
}

const localAddress = (port = '3333') =>
  URL.canParse(`http://localhost:${port}`) ? `http://localhost:${port}` : 'http://localhost'

const appUrl: Rule<string> = (key, value) => {
  /* An invalid PORT is reported under its own name, not under this one as well. */
  value ??= localAddress(process.env.PORT)
  if (!URL.canParse(value)) throw refuse(key, 'must be a URL such as https://login.example.com')
  const url = new URL(value)
  if (!/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash) {
    throw refuse(key, 'must be http(s)://host[:port], without a path')
  }
  return url.origin
}

const integer =
  (fallback: number, min: number, max: number): Rule<number> =>
  (key, value = String(fallback)) => {
    const number = Number(value)
    if (!/^\d+$/.test(value.trim()) || number < min || number > max) {
      throw refuse(key, `must be a whole number from ${min} to ${max}`)
    }
    return number
  }

/** A multiplier; 1 leaves the value as it is. */
const factor: Rule<number> = (key, value = '1') => {
  const number = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value.trim()) || number <= 0 || number > 1_000_000) {
    throw refuse(key, 'must be a number above 0, at most 1000000')
  }
  return number
}

const text =
  (fallback: string): Rule<string> =>
  (_key, value) =>
    value || fallback

const choice =
  <const T extends string>(values: readonly T[], fallback: T): Rule<T> =>
  (key, value = fallback) => {
    if (!values.includes(value as T)) throw refuse(key, `must be one of ${values.join(', ')}`)
    return value as T
  }

const flag: Rule<boolean> = (key, value = 'false') => {
  if (value !== 'true' && value !== 'false') throw refuse(key, 'must be true or false')
  return value === 'true'
}

/** Empty, or the scheme, host and port of a site on this very machine. */
const localSite: Rule<string> = (key, value = '') => {
  if (!value) return ''
  const url = URL.canParse(value) ? new URL(value) : null
  if (url?.protocol !== 'http:' || url.origin !== value || !isLoopbackHost(url.hostname)) {
    throw refuse(key, 'must be http:// and a loopback host and port, without a path')
  }
  return value
}

/** Comma-separated keys, each long enough for a key. */
const keyList =
  (needed: () => boolean): Rule<string[]> =>
  (key, value = '') => {
    const keys = value.split(',').map((one) => one.trim())
    const given = keys.filter(Boolean)
    if (needed() && given.length === 0) {
      throw refuse(key, 'is missing; make one with "node ace generate:key --show"')
    }
    if (given.some((one) => one.length < 16)) {
      throw refuse(key, 'must have at least 16 characters')
    }
    return given
  }

const host: Rule<string> = (key, value = '127.0.0.1') => {
  if (!isIP(value) && !/^[a-z0-9.-]+$/i.test(value)) {
    throw refuse(key, 'must be an address or a host name to listen on')
  }
  return value
}

/** The host of another machine, empty for none. */
const remoteHost: Rule<string> = (key, value = '') => {
  if (value && !isIP(value) && !/^[a-z0-9._-]+$/i.test(value)) {
    throw refuse(key, 'must be a host name or an address, without a scheme or a port')
  }
  return value
}

/** Empty, or an address that mails can come from; `localhost` counts as a domain here. */
const mailAddress: Rule<string> = (key, value = '') => {
  if (value && !normalizeEmail(value.replace(/@localhost$/, '@localhost.test'))) {
    throw refuse(key, 'must be an e-mail address such as no-reply@example.com')
  }
  return value.trim()
}

/** Text for a mail header: one line. */
const oneLine: Rule<string> = (key, value = '') => {
  if (/\p{Cc}/u.test(value)) throw refuse(key, 'must be a single line')
  return value.trim()
}

/** Addresses and ranges of proxies, comma-separated, as a list. */
const proxies: Rule<string[]> = (key, value = '') => {
  const addresses = value
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean)
  try {
    proxyAddr.compile(addresses)
  } catch {
    throw refuse(key, 'must be addresses or ranges such as 127.0.0.1,10.0.0.0/8')
  }
  return addresses
}

const inProduction = () => process.env.NODE_ENV === 'production'

const env = await Env.create(new URL('../', import.meta.url), {
  NODE_ENV: choice(['development', 'production', 'test'], 'development'),
  PORT: integer(3333, 0, 65_535),
  HOST: host,
  APP_URL: appUrl,
  APP_KEY: keyList(() => true),
  APP_KEY_PREVIOUS: keyList(() => false),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  TRUST_PROXY: proxies,
  WEB_CONCURRENCY: integer(1, 1, 128),
  WEB_PROCESS: integer(1, 1, 128),

  DB_CONNECTION: choice(['sqlite', 'mysql'], 'sqlite'),
  DB_FILE: text('tmp/daemun.sqlite3'),
  DB_HOST: text('127.0.0.1'),
  DB_PORT: integer(3306, 1, 65_535),
  DB_USER: text('root'),
  DB_PASSWORD: text(''),
  DB_DATABASE: text('daemun'),

  SESSION_DRIVER: choice(['cookie', 'database', 'redis', 'memory'], 'cookie'),
  REDIS_HOST: text('127.0.0.1'),
  REDIS_PORT: integer(6379, 1, 65_535),
  REDIS_PASSWORD: text(''),

  LIMITER_STORE: choice(['database', 'redis', 'memory'], 'database'),
  RATE_LIMIT_SCALE: factor,

  MAIL_FROM_ADDRESS: mailAddress,
  MAIL_FROM_NAME: oneLine,
  SMTP_HOST: remoteHost,
  SMTP_PORT: integer(587, 1, 65_535),
  SMTP_USERNAME: text(''),
  SMTP_PASSWORD: text(''),

  SECRETS_KEY: keyList(inProduction),
  SECRETS_KEY_PREVIOUS: keyList(() => false),
  METRICS_TOKEN: text(''),
  SANDBOX: flag,
  SANDBOX_CLIENT_URL: localSite,
  SANDBOX_CLIENT_SECRET: text(''),
}).catch((error) => {
  /* Env collects every error, one per line. */
  throw new StartRefused(
    `Bad environment: ${String(error.help ?? error.message)
      .split('\n')
      .map((line) => line.replace(/^\s*- /, '').trim())
      .filter(Boolean)
      .join('; ')}`
  )
})

if (env.get('WEB_CONCURRENCY') > 1 && env.get('SESSION_DRIVER') === 'memory') {
  throw new StartRefused(
    'Bad environment: SESSION_DRIVER=memory keeps sessions in one process, so it needs WEB_CONCURRENCY=1'
  )
}

if (
  env.get('SANDBOX') &&
  !(isLoopbackHost(env.get('HOST')) && isLoopbackHost(new URL(env.get('APP_URL')).hostname))
) {
  throw new StartRefused(
    'Bad environment: SANDBOX lets anyone sign in as anyone, so it needs HOST and APP_URL on loopback'
  )
}

/**
 * Replacements for the providers' addresses, by the name of their variable:
 * `<DRIVER>_AUTH_ORIGIN`, `<DRIVER>_TOKEN_ORIGIN` and `<DRIVER>_API_ORIGIN`. The real
 * addresses are in the drivers.
 */
export const providerOrigins: Record<string, string> = {}
for (const [key, value] of Object.entries(process.env)) {
  if (value && /^[A-Z0-9_]+_(AUTH|TOKEN|API)_ORIGIN$/.test(key))
    providerOrigins[key] = origin(key, value)
}

/** Whether visitors reach the site over https, so that cookies can be marked accordingly. */
export const isHttps = env.get('APP_URL').startsWith('https:')

export default env
