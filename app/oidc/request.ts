import { AsyncLocalStorage } from 'node:async_hooks'
import type { HttpContext } from '@adonisjs/core/http'
import { UserSessionGuard } from '#auth/user_session_guard'
import type Client from '#models/oidc/client'
import type User from '#models/user'
import UserSession from '#models/user_session'

/** The member, session and identity that something rests on; `null` for nobody. */
export interface Origin {
  userId: number | null
  userSessionId: number | null
  identityId: number | null
}

/** What a code or a token stands for. */
export interface TokenGrant {
  accountId: string
  clientId: string
  scope: string
}

interface OidcRequest {
  http: HttpContext
  guard: UserSessionGuard
  /** What has been read for this request already, by the names the library has for it. */
  clients: Map<string, Client>
  members: Map<string, User>
  grants: Map<string, TokenGrant>
  /** Of the code or token that the request has brought. */
  origin: Origin | null
}

const requests = new AsyncLocalStorage<OidcRequest>()

/** Runs the library for one request, which it knows only as Node does. */
export function withRequest<T>(http: HttpContext, work: () => T): T {
  const guard = new UserSessionGuard(http, (hash) => UserSession.ofTokenWithProvider(hash))
  const read = { clients: new Map(), members: new Map(), grants: new Map() }
  return requests.run({ http, guard, ...read, origin: null }, work)
}

/** The request that the library is answering. */
export function presentRequest(): OidcRequest {
  return requests.getStore()!
}

/**
 * Who is signed in here, as `user_sessions` says and nothing else; asked for once per
 * request, and only by what needs to know.
 */
export async function sessionOfRequest(): Promise<UserSession | null> {
  const request = requests.getStore()
  if (!request) return null
  await request.guard.check()
  const session = request.guard.session ?? null
  if (session) request.members.set(session.user.publicId, session.user)
  return session
}

/** The member, session and identity that what is stored for this request rests on. */
export function originOfRequest(): Origin {
  const request = requests.getStore()
  const session = request?.guard.session
  return (
    request?.origin ?? {
      userId: session?.userId ?? null,
      userSessionId: session?.id ?? null,
      identityId: session?.identityId ?? null,
    }
  )
}

/** The session that the request came with, if it has been asked for already. */
export function knownSessionOfRequest(): UserSession | null {
  return requests.getStore()?.guard.session ?? null
}

/** Lets the rest of the request know what has been read. */
export function remember(read: (request: OidcRequest) => void) {
  const request = requests.getStore()
  if (request) read(request)
}
