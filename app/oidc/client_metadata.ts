import { randomBytes } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import type Client from '#models/oidc/client'

/*
 * The library insists on one plain secret for a confidential site. A site may have
 * several here, which `compareSecretsHere` (`oidc/provider.ts`) compares as
 * `client_secrets` has them. If the library ever stopped asking there, it would compare
 * with this value, which nobody knows, and every site would be turned away.
 */
const UNUSABLE_SECRET = randomBytes(32).toString('base64url')

/*
 * The library requires it only for a pairwise site with addresses on several hosts, and
 * never opens it. Every pairwise site has it, so that another address changes no ids. It
 * does not make sites share ids: `pairwiseIdentifier` uses each site's own salt.
 */
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
      ? { token_endpoint_auth_method: 'client_secret_basic', client_secret: UNUSABLE_SECRET }
      : { token_endpoint_auth_method: 'none' }),
  }
}
