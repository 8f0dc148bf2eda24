import type { HttpContext } from '@adonisjs/core/http'
import { keyedHash, looksLikeToken, randomToken, sameText } from '#auth/random_token'
import { isHttps } from '#config/app'
import env from '#start/env'

const COOKIE = isHttps ? '__Host-daemun-known' : 'daemun-known'
const OPTIONS = {
  encode: false,
  path: '/',
  httpOnly: true,
  secure: isHttps,
  sameSite: 'lax',
  maxAge: '180d',
} as const

/* People who share a browser; of more, the ones who signed in last. */
const MOST_ACCOUNTS = 5
const MARK_LENGTH = 22

/*
 * The cookie of a browser in which somebody has signed in: a random name for the
 * browser, and for each account a mark that only this site can make. Guesses
 * made elsewhere do not keep the owner of the account out here (OWASP calls it
 * a device cookie). It proves nothing else, tells nobody whose accounts they
 * are, and outlives a sign-out.
 */

/**
 * The name of this browser, if somebody has signed in here to the account with
 * this address.
 *
 * @param email normalised
 */
export function knownBrowser({ request }: HttpContext, email: string): string | null {
  const { browser, marks } = read(request)
  if (browser === null) return null
  const keys = [...env.get('APP_KEY'), ...env.get('APP_KEY_PREVIOUS')]
  const own = keys.map((key) => markOf(key, browser, email))
  return marks.some((mark) => own.some((one) => sameText(one, mark))) ? browser : null
}

/** Notes in this browser that the owner of the account has signed in here. */
export function rememberBrowser({ request, response }: HttpContext, email: string) {
  const { browser, marks } = read(request)
  const name = browser ?? randomToken()
  const mark = markOf(env.get('APP_KEY')[0], name, email)
  const others = marks.filter((other) => other !== mark).slice(0, MOST_ACCOUNTS - 1)
  response.plainCookie(COOKIE, [name, mark, ...others].join('.'), OPTIONS)
}

function read(request: HttpContext['request']): { browser: string | null; marks: string[] } {
  const value: unknown = request.plainCookie(COOKIE, undefined, false)
  const [browser, ...marks] = typeof value === 'string' ? value.split('.') : []
  if (!looksLikeToken(browser)) return { browser: null, marks: [] }
  const wellFormed = marks.filter((mark) => /^[\w-]+$/.test(mark) && mark.length === MARK_LENGTH)
  return { browser, marks: wellFormed.slice(0, MOST_ACCOUNTS) }
}

function markOf(key: string, browser: string, email: string): string {
  return keyedHash(key, `known_browser:${browser}:${email}`).slice(0, MARK_LENGTH)
}
