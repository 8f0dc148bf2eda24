import type { KoaContextWithOIDC } from 'oidc-provider'
import logger from '@adonisjs/core/services/logger'
import Client from '#models/oidc/client'
import ClientFailure, { type SiteFailure } from '#models/oidc/client_failure'
import { closestId } from '#oidc/closest_id'
import { nearestOf, shownAddress } from '#oidc/address_difference'
import { presentRequest } from '#oidc/request'
import { isTrial } from '#oidc/trial'

/** What a refused request is kept with; each value is bounded and says nothing about a visitor. */
type FailureDetails = ClientFailure['details']

interface Refused {
  error: string
  error_description?: string
  error_detail?: string
}

/* Answers in the protocol's order: nothing is wrong with the site. */
const IN_ORDER = [
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'unmet_authentication_requirements',
  'authorization_pending',
]

/**
 * Keeps a refused request for the administrators of its site, if there is one. What fails
 * while doing so fails nothing else.
 */
export async function keepFailure(ctx: KoaContextWithOIDC, error: Refused) {
  try {
    await keep(ctx, error)
  } catch (failure) {
    logger.error({ err: failure }, 'a refused request of a site could not be kept')
  }
}

async function keep(ctx: KoaContextWithOIDC, error: Refused) {
  if (IN_ORDER.includes(error.error)) return
  const params = paramsOf(ctx)
  const { clients, unknownClient, inHouse } = presentRequest()
  if (inHouse !== null || isTrial(params)) return
  if (unknownClient !== null) {
    const id = closestId(unknownClient, await Client.query().select('id', 'clientId'))
    if (id) await ClientFailure.keep(id, 'client_id', { came: wordOf(unknownClient) })
    return
  }
  const { clientId } = ctx.oidc.entities.Client ?? {}
  const client = clients.get(clientId ?? '')
  if (!client) return
  const brings = Boolean(params.client_secret ?? ctx.headers.authorization)
  const [reason, details] = diagnose(client, params, error, brings)
  await ClientFailure.keep(client, reason, details)
}

/** Finds out what was wrong with a request, from what the library says and what was read for it. */
function diagnose(
  client: Client,
  params: Record<string, unknown>,
  { error, error_description: description = '', error_detail: detail = '' }: Refused,
  bringsSecret: boolean
): [SiteFailure, FailureDetails] {
  switch (error) {
    case 'invalid_redirect_uri':
      return ['redirect_uri', addressDetails(params.redirect_uri, client.redirectUris)]
    case 'access_denied':
      return ['cancelled', {}]
    case 'invalid_scope':
      return ['scope', { came: wordOf(params.scope) }]
    case 'unsupported_response_type':
      return ['response_type', { came: wordOf(params.response_type) }]
    case 'unsupported_grant_type':
      return ['grant_type', { came: wordOf(params.grant_type) }]
    case 'invalid_client':
      return diagnoseSecret(client, detail, bringsSecret)
    case 'invalid_grant':
      return diagnoseGrant(client, params, detail)
    case 'invalid_request':
      return diagnoseRequest(params, description)
    default:
      return ['other', { error: wordOf(error) }]
  }
}

function diagnoseRequest(
  params: Record<string, unknown>,
  description: string
): [SiteFailure, FailureDetails] {
  if (description.includes('requires PKCE')) return ['pkce_missing', {}]
  if (description.includes('code_challenge')) {
    return ['pkce_plain', { came: wordOf(params.code_challenge_method ?? 'plain') }]
  }
  if (description.includes('grant type is not allowed')) {
    return ['grant_type', { came: wordOf(params.grant_type) }]
  }
  if (description.includes("'response_type'")) return ['response_type', { came: '' }]
  return ['other', { error: 'invalid_request' }]
}

function diagnoseSecret(
  client: Client,
  detail: string,
  bringsSecret: boolean
): [SiteFailure, FailureDetails] {
  if (detail.includes('mechanism')) {
    return [client.isConfidential && !bringsSecret ? 'secret_missing' : 'secret_unexpected', {}]
  }
  const tail = presentRequest().retiredSecretTail
  return tail === null ? ['secret_wrong', {}] : ['secret_retired', { tail }]
}

function diagnoseGrant(
  client: Client,
  params: Record<string, unknown>,
  detail: string
): [SiteFailure, FailureDetails] {
  if (params.grant_type === 'refresh_token') return ['refresh_token', {}]
  if (/code_verifier|code_challenge/.test(detail)) return ['pkce_verifier', {}]
  if (detail.includes('redirect_uri')) {
    return ['code_redirect_uri', addressDetails(params.redirect_uri, client.redirectUris)]
  }
  switch (presentRequest().codeState) {
    case 'expired':
      return ['code_expired', {}]
    case 'used':
      return ['code_reused', {}]
    default:
      return ['code_unknown', {}]
  }
}

/** Keeps an address after signing out that the site has not registered. */
export async function keepWrongTarget(clientId: string, target: string) {
  const client = await Client.findBy({ clientId })
  if (!client) return
  const details = addressDetails(target, client.postLogoutRedirectUris)
  await ClientFailure.keep(client, 'post_logout_redirect_uri', details)
}

/** What is kept of an address that is none of the registered ones. */
function addressDetails(came: unknown, registered: string[]): FailureDetails {
  if (typeof came !== 'string') return {}
  const nearest = nearestOf(came, registered)
  return {
    came: shownAddress(came),
    ...(nearest && { nearest: nearest.address, differences: nearest.differences }),
  }
}

/**
 * Words of the protocol. What else somebody may have sent in their place is longer, or
 * has other characters, and is left out.
 */
function wordOf(value: unknown): string {
  if (typeof value !== 'string') return ''
  const words = value.slice(0, 200).split(' ').slice(0, 8)
  return words.map((word) => (/^[\w.:-]{1,30}$/.test(word) ? word : '…')).join(' ')
}

function paramsOf({ oidc, query, method }: KoaContextWithOIDC): Record<string, unknown> {
  return oidc?.params ?? (method === 'POST' ? (oidc?.body ?? {}) : query)
}
