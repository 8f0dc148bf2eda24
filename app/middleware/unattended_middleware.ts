import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/* Headers by which browsers, current and old, say that they load what nobody has opened. */
const SPECULATIVE = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
const AHEAD = /\b(prefetch|prerender|preview)\b/i

/**
 * Answers requests that nobody looks at: HEAD, and loads that a browser makes ahead of
 * the person. A page may claim something that works only once, set cookies, show a
 * one-time notice, or record that somebody was here. So it is not run at all, and the
 * browser loads it when the person comes.
 */
export default class UnattendedMiddleware {
  handle({ request, response }: HttpContext, next: NextFn) {
    const isHead = request.method() === 'HEAD'
    const isAhead = SPECULATIVE.some((name) => AHEAD.test(request.header(name) ?? ''))
    if (!isHead && !(request.method() === 'GET' && isAhead)) return next()
    response.header('Cache-Control', 'no-store').status(isAhead ? 204 : 200)
  }
}
