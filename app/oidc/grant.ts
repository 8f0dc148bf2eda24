import type Provider from 'oidc-provider'
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider'
import { randomToken } from '#crypto/random_token'
import { presentRequest } from '#oidc/request'

/**
 * What a member who is signed in lets this site have: all that it is registered for. A
 * third party's has been agreed to before this counts (`oidc/policy.ts`). The grant gets
 * a name here, and is kept with the code (`oidc/adapter.ts`).
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
 * The grant behind the code or token that this request has brought: what that says, as
 * far as the site is still registered for it.
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
