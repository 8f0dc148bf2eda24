import { AsyncLocalStorage } from 'node:async_hooks'
import type { HttpContext } from '@adonisjs/core/http'
import { UserSessionGuard } from '#auth/user_session_guard'
import type UserSession from '#models/user_session'

interface OidcRequest {
  http: HttpContext
  guard: UserSessionGuard
}

const requests = new AsyncLocalStorage<OidcRequest>()

/** Runs the library for one request, which it knows only as Node does. */
export function withRequest<T>(http: HttpContext, work: () => T): T {
  return requests.run({ http, guard: new UserSessionGuard(http) }, work)
}

/** The request that the library is answering. */
export function httpOfRequest(): HttpContext {
  return requests.getStore()!.http
}

/**
 * Who is signed in here, as `user_sessions` says and nothing else; asked for once per
 * request, and only by what needs to know.
 */
export async function sessionOfRequest(): Promise<UserSession | null> {
  const request = requests.getStore()
  if (!request) return null
  await request.guard.check()
  return request.guard.session ?? null
}

/** The same, if it has been asked for already. */
export function knownSessionOfRequest(): UserSession | null {
  return requests.getStore()?.guard.session ?? null
}
