import { decodeJwt } from 'jose'
import type Provider from 'oidc-provider'
import type { HttpContext } from '@adonisjs/core/http'
import { oidcProvider } from '#oidc/provider'
import { noteRefusal } from '#oidc/refusal'
import { keepWrongTarget } from '#oidc/site_failure'

/* The limit for one value, in characters. */
const LONGEST = 4_096
const NAMES = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const

export type SignOutParams = Partial<Record<(typeof NAMES)[number], string>>

/** The address under which our page reads what a site's form has sent. */
export function signOutPage(sent: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const name of NAMES) {
    const value = sent[name]
    if (typeof value === 'string') query.set(name, value)
  }
  return `/oidc/session/end?${query}`
}

export type SignOutRequest =
  /** `error` in the protocol's own terms; `client`: the site, if it is known. */
  | { kind: 'refused'; error: string; client?: string }
  /**
   * @property params as they arrived
   * @property target where the site wants the person sent afterwards; `null` for nowhere
   * @property site the site's name for people, if the site has identified itself
   * @property isOfSession the hint belongs to this browser's session: no need to ask anybody
   */
  | {
      kind: 'asked'
      params: SignOutParams
      target: string | null
      site: string | null
      isOfSession: boolean
    }

/**
 * Reads a site's request to sign a person out (OpenID Connect RP-Initiated Logout 1.0).
 * A hint may have expired. A hint that we did not sign is ignored: the person is asked,
 * and sent nowhere unless the site has identified itself by `client_id`.
 *
 * @param sent the query, or the form that carries it on
 */
export async function readSignOut(
  { auth }: HttpContext,
  sent: Record<string, unknown>
): Promise<SignOutRequest> {
  const params: SignOutParams = {}
  for (const name of NAMES) {
    const value = sent[name]
    if (value === undefined || value === '') continue
    if (typeof value !== 'string' || value.length > LONGEST) {
      return { kind: 'refused', error: 'invalid_request' }
    }
    params[name] = value
  }

  const provider = await oidcProvider()
  const hint = await hintOf(provider, params)
  if (params.id_token_hint && !hint) {
    noteRefusal({ event: 'end_session.error', error: 'invalid_id_token_hint' })
  }
  if (hint && params.client_id && params.client_id !== hint.clientId) {
    return { kind: 'refused', error: 'invalid_request', client: hint.clientId }
  }
  const clientId = hint?.clientId ?? params.client_id
  const client = clientId ? await provider.Client.find(clientId) : undefined
  if (clientId && !client) return { kind: 'refused', error: 'invalid_client' }

  const target = client ? (params.post_logout_redirect_uri ?? null) : null
  if (target !== null && !client!.postLogoutRedirectUriAllowed(target)) {
    await keepWrongTarget(clientId!, target)
    return { kind: 'refused', error: 'invalid_request', client: clientId }
  }
  const session = auth.use('web').session
  return {
    kind: 'asked',
    params,
    target: target === null ? null : withState(target, params.state),
    site: client?.clientName ?? null,
    isOfSession: Boolean(hint && session && hint.sid === session.publicId),
  }
}

/** What an ID token says; `null` when it is not one of ours. */
async function hintOf(provider: Provider, { id_token_hint: token }: SignOutParams) {
  if (!token) return null
  try {
    const client = await provider.Client.find(String(decodeJwt(token).aud))
    if (!client) return null
    const { payload } = await provider.IdToken.validate(token, client)
    return { clientId: client.clientId, sid: payload.sid }
  } catch {
    return null
  }
}

function withState(target: string, state: string | undefined) {
  const url = new URL(target)
  if (state !== undefined) url.searchParams.set('state', state)
  return url.href
}
