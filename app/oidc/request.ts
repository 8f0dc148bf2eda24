import { AsyncLocalStorage } from 'node:async_hooks'
import type { HttpContext } from '@adonisjs/core/http'
import { UserSessionGuard } from '#auth/user_session_guard'
import type Client from '#models/oidc/client'
import type User from '#models/user'
import UserSession from '#models/user_session'

/** The member, session and identity that something depends on; `null` where there is none. */
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
  /** What has already been read for this request, by the library's names for it. */
  clients: Map<string, Client>
  members: Map<string, User>
  grants: Map<string, TokenGrant>
  /** The origin of the code or token that came with the request. */
  origin: Origin | null
  /* What explains a refusal to the site's administrators. */
  /** A client id under which no site is registered and switched on. */
  unknownClient: string | null
  /** The last characters of a secret that came and has ended. */
  retiredSecretTail: string | null
  /** The parameters of a request that waited and now continues. */
  waited: Record<string, unknown> | null
  /**
   * The client id of the site in whose place this application itself asks
   * (`oidc/in_house.ts`); nothing that came over a network has one.
   */
  inHouse: string | null
  /** Why a code that came is good for nothing, if anything is known of it. */
  codeState: 'expired' | 'used' | null
}

const requests = new AsyncLocalStorage<OidcRequest>()

/**
 * Runs the library for one request; the library itself sees only Node's request objects.
 *
 * @param inHouse the site in whose place this application asks, if it does
 */
export function withRequest<T>(
  http: HttpContext,
  work: () => T,
  { inHouse = null }: { inHouse?: string | null } = {}
): T {
  const guard = new UserSessionGuard(http, (hash) => UserSession.ofTokenWithProvider(hash))
  const read = { clients: new Map(), members: new Map(), grants: new Map() }
  const explained = { unknownClient: null, retiredSecretTail: null, codeState: null }
  const asked = { waited: null, inHouse }
  return requests.run({ http, guard, ...read, origin: null, ...explained, ...asked }, work)
}

/** The request that the library is currently answering. */
export function presentRequest(): OidcRequest {
  return requests.getStore()!
}

/** The same where the library may be asked outside of a request: our page for signing out. */
export function requestIfAny(): OidcRequest | undefined {
  return requests.getStore()
}

/**
 * The session of the signed-in member, according to `user_sessions` alone; read at most
 * once per request, and only when something needs it.
 */
export async function sessionOfRequest(): Promise<UserSession | null> {
  const request = requests.getStore()
  if (!request) return null
  await request.guard.check()
  const session = request.guard.session ?? null
  if (session) request.members.set(session.user.publicId, session.user)
  return session
}

/** The member, session and identity that this request's stored data depends on. */
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

/** The session that the request came with, if it has already been read. */
export function knownSessionOfRequest(): UserSession | null {
  return requests.getStore()?.guard.session ?? null
}

/** The hash of the session token that came with the request, whether or not it is valid. */
export function sentTokenHash(): string | null {
  return requests.getStore()?.guard.sentTokenHash ?? null
}

/** Keeps what has been read for the rest of the request. */
export function remember(read: (request: OidcRequest) => void) {
  const request = requests.getStore()
  if (request) read(request)
}
