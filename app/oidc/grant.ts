import type Provider from 'oidc-provider'
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider'
import { randomToken } from '#crypto/random_token'
import { presentRequest } from '#oidc/request'

/**
 * What a signed-in member lets this site have: everything it is registered for. For a
 * third party, the member has agreed before the grant takes effect (`oidc/policy.ts`).
 * The grant gets its id here and is stored with the code (`oidc/adapter.ts`).
 */
export async function grantToPresentMember({ oidc }: KoaContextWithOIDC) {
  const { provider, client, account } = oidc
  const { Grant } = provider as Provider
  const grant = new Grant({ accountId: account!.accountId, clientId: client!.clientId })
  grant.addOIDCScope(client!.scope ?? 'openid')
  grant.jti = randomToken()
  return grant
}

/**
 * The grant behind this request's code or token: the scopes that it names and that the
 * site is still registered for.
 */
export function grantOfRequest(grantId: string): AdapterPayload | undefined {
  const { clients, grants } = presentRequest()
  const given = grants.get(grantId)
  if (!given) return undefined
  const { accountId, clientId, scope } = given
  const registered = clients.get(clientId)?.scopes
  const scopes = scope.split(' ').filter((one) => registered?.includes(one) ?? true)
  return { kind: 'Grant', jti: grantId, accountId, clientId, openid: { scope: scopes.join(' ') } }
}
