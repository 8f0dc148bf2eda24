import { randomBytes } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import type Client from '#models/oidc/client'

/*
 * The library requires a plain secret for a confidential site, but we have none. It
 * compares through `Client.accepts`; nothing can match this value.
 */
const NOBODY_KNOWS = randomBytes(32).toString('base64url')

/* The library also requires this for a site with addresses on several hosts; it never opens it. */
const SECTOR = 'https://sector.invalid/'

/**
 * A site in the form that the library expects.
 *
 * @param addresses redirect addresses for this request, besides those registered
 */
export function metadataOf(client: Client, addresses: string[] = []): ClientMetadata {
  return {
    client_id: client.clientId,
    client_name: client.name,
    application_type: client.kind === 'app' ? 'native' : 'web',
    redirect_uris: [...client.redirectUris, ...addresses],
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: client.scopes.join(' '),
    ...(client.isPairwise && { subject_type: 'pairwise', sector_identifier_uri: SECTOR }),
    ...(client.isConfidential
      ? { token_endpoint_auth_method: 'client_secret_basic', client_secret: NOBODY_KNOWS }
      : { token_endpoint_auth_method: 'none' }),
  }
}
