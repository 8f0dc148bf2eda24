import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { appUrl } from '#config/app'

/** Marks, in the query, an address that was redirected here. */
const MARK = 'canonical=1'

/** Paths whose callers know one address and follow no redirect, and the one where a trip ends. */
const NEVER = /^\/(\.well-known|oidc)|^\/user\/login\/social\/[^/]+\/callback\/?$/i

const { hostname: OWN, host: OWN_HOST } = new URL(appUrl)

/**
 * Redirects a page opened under another name of the site to the same page under APP_URL.
 * Cookies belong to a host name and providers send people back to APP_URL: a trip begun
 * elsewhere ends as somebody else's. The port is left alone, since cookies ignore it.
 * Behind a proxy that hides the visitor's `Host`, the page still looks foreign after the
 * redirect: so it is redirected once, then served as it is.
 */
export default class CanonicalHostMiddleware {
  static #hasWarned = false

  handle(ctx: HttpContext, next: NextFn) {
    const { request, response, logger } = ctx
    const wasLed = takeMark(request)
    const host = request.host()
    if (request.method() !== 'GET' || NEVER.test(request.url()) || isOwn(host)) return next()

    if (!wasLed) {
      const target = new URL(appUrl)
      target.pathname = request.url()
      target.search = [request.parsedUrl.query, MARK].filter(Boolean).join('&')
      response.header('Cache-Control', 'no-store')
      return response.redirect(target.href, false, 302)
    }

    if (!CanonicalHostMiddleware.#hasWarned) {
      CanonicalHostMiddleware.#hasWarned = true
      logger.warn(
        `pages opened at ${appUrl} arrive with the Host of another site: let the proxy pass the visitor's Host on, as by "proxy_set_header Host $host" in nginx, or sign-ins with a provider fail`
      )
    }
    return next()
  }
}

/** Whether a `Host` is this site's. A missing or malformed one tells us nothing. */
function isOwn(host: string | null): boolean {
  if (host === OWN_HOST) return true
  const url = `http://${host}`
  return host === null || !URL.canParse(url) || new URL(url).hostname === OWN
}

/** Removes the mark from the query, so that no link and no `next` on the page carries it on. */
function takeMark(request: HttpContext['request']): boolean {
  const parts = request.parsedUrl.query?.split('&') ?? []
  if (!parts.includes(MARK)) return false
  request.parsedUrl.query = parts.filter((part) => part !== MARK).join('&')
  const { canonical, ...others } = request.qs()
  request.updateQs(others)
  return true
}
