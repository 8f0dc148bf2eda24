import type { HttpContext } from '@adonisjs/core/http'
import env, { isHttps } from '#start/env'

/*
 * Every cookie of the site: its name and its options are made here and nowhere else.
 */

/** What the cookies are for; `form` and `form-data` are the framework's session. */
export type Cookie =
  'session' | 'browser' | 'known' | 'email-link' | 'locale' | 'form' | 'form-data'

/**
 * Those of the OpenID Connect library. It gives them the path of one request, so that
 * tabs live side by side, which the prefix `__Host-` would forbid.
 */
type LibraryCookie = 'oidc-ask' | 'oidc-resume'

const appUrl = env.get('APP_URL')

/** Of every cookie, whatever its path. */
export const COOKIE_FLAGS = { httpOnly: true, secure: isHttps, sameSite: 'lax' } as const

export const COOKIE_OPTIONS = { path: '/', ...COOKIE_FLAGS } as const

/* Made here already: random text, or marks of this site. */
const PLAIN = { ...COOKIE_OPTIONS, encode: false } as const

/**
 * The name of a cookie. Browsers keep one jar for all ports of a host, so two
 * sites on one host would sign each other out: the name carries the port that
 * visitors see, unless it is the scheme's own.
 */
export function cookieName(cookie: Cookie | LibraryCookie, site: string = appUrl): string {
  const { protocol, port } = new URL(site)
  const secure = cookie.startsWith('oidc') ? '__Secure-daemun' : '__Host-daemun'
  const prefix = protocol === 'https:' ? secure : 'daemun'
  return [prefix, cookie, port].filter(Boolean).join('-')
}

/** What the browser has sent, unchecked. */
export function readCookie({ request }: HttpContext, cookie: Cookie): unknown {
  return request.plainCookie(cookieName(cookie), undefined, false)
}

/**
 * @param maxAge in seconds, or a text such as `180d`; left out, the cookie ends with the browser
 */
export function writeCookie(
  { response }: HttpContext,
  cookie: Cookie,
  value: string,
  maxAge?: number | string
) {
  response.plainCookie(cookieName(cookie), value, { ...PLAIN, maxAge })
}

export function clearCookie({ response }: HttpContext, cookie: Cookie) {
  response.clearCookie(cookieName(cookie), PLAIN)
}
