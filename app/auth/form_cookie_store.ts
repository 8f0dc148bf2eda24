import type { HttpContext } from '@adonisjs/core/http'
import type { SessionData, SessionStoreContract } from '@adonisjs/session/types'
import { COOKIE_OPTIONS, cookieName } from '#auth/cookies'

const COOKIE = cookieName('form-data')

/**
 * Keeps the form session in the browser, encrypted. The framework's own store names its
 * cookie after the session's id, which rules out a `__Host-` prefix, so another site of
 * the domain could set one. Here the id is inside the value, so data of an abandoned
 * session does not count for another one.
 */
export class FormCookieStore implements SessionStoreContract {
  readonly #ctx: HttpContext

  constructor(ctx: HttpContext) {
    this.#ctx = ctx
  }

  read(id: string): SessionData | null {
    const kept: unknown = this.#ctx.request.encryptedCookie(COOKIE)
    return isKept(kept) && kept.id === id ? kept.values : null
  }

  write(id: string, values: SessionData) {
    this.#ctx.response.encryptedCookie(COOKIE, { id, values }, COOKIE_OPTIONS)
  }

  /** Also called before `write` when the session continues under another id. */
  destroy() {
    if (this.#ctx.session.isEmpty) this.clear()
  }

  clear() {
    const { request, response } = this.#ctx
    if (request.cookiesList()[COOKIE] !== undefined) response.clearCookie(COOKIE, COOKIE_OPTIONS)
  }

  /** The cookie ends with the browser, so there is nothing to extend. */
  touch() {}
}

function isKept(value: unknown): value is { id: string; values: SessionData } {
  return typeof value === 'object' && value !== null && 'id' in value && 'values' in value
}
