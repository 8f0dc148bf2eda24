import type { HttpContext } from '@adonisjs/core/http'
import env, { isHttps } from '#start/env'

/* The only place that defines the site's cookies, their names and their options. */

/** What each cookie is for; `form` and `form-data` are the framework's session. */
export type Cookie =
  'session' | 'browser' | 'known' | 'email-link' | 'locale' | 'form' | 'form-data'

/**
 * Cookies of the OpenID Connect library. It sets their path to that of one request so
 * that tabs can coexist, which the `__Host-` prefix would forbid.
 */
type LibraryCookie = 'oidc-ask' | 'oidc-resume'

const appUrl = env.get('APP_URL')

/** For every cookie, whatever its path. */
export const COOKIE_FLAGS = { httpOnly: true, secure: isHttps, sameSite: 'lax' } as const

export const COOKIE_OPTIONS = { path: '/', ...COOKIE_FLAGS } as const

/* Values made here need no encoding: random text, or marks of this site. */
const PLAIN = { ...COOKIE_OPTIONS, encode: false } as const

/**
 * The name of a cookie. Browsers keep one jar for all ports of a host, so two sites on
 * one host would sign each other out. The name therefore carries the port that visitors
 * see, unless it is the scheme's default.
 */
export function cookieName(cookie: Cookie | LibraryCookie, site: string = appUrl): string {
  const { protocol, port } = new URL(site)
  const secure = cookie.startsWith('oidc') ? '__Secure-daemun' : '__Host-daemun'
  const prefix = protocol === 'https:' ? secure : 'daemun'
  return [prefix, cookie, port].filter(Boolean).join('-')
}

/* Every request reads several. */
const names = new Map<Cookie, string>()

function ownName(cookie: Cookie): string {
  const name = names.get(cookie) ?? cookieName(cookie)
  names.set(cookie, name)
  return name
}

/** What the browser sent, unchecked. */
export function readCookie({ request }: HttpContext, cookie: Cookie): unknown {
  return request.plainCookie(ownName(cookie), undefined, false)
}

/**
 * @param maxAge in seconds, or a text such as `180d`; if omitted, the cookie ends with
 *   the browser
 */
export function writeCookie(
  { response }: HttpContext,
  cookie: Cookie,
  value: string,
  maxAge?: number | string
) {
  response.plainCookie(ownName(cookie), value, { ...PLAIN, maxAge })
}

export function clearCookie({ response }: HttpContext, cookie: Cookie) {
  response.clearCookie(ownName(cookie), PLAIN)
}
