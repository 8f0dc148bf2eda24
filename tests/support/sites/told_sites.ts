import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Webhook } from 'standardwebhooks'
import type { ClientInput } from '#actions/clients/set_client'
import { appUrl } from '#config/app'
import Client from '#models/oidc/client'
import { aRequest, aSite, siteClient } from '#tests/support/sites/site'
import { type Told, ToldSite } from '#tests/support/servers/told_site'
import type { Visitor } from '#tests/support/visitor'

/** A site that has visitors here and is told what becomes of them. */
export async function aToldSite(clientId: string, input: Partial<ClientInput> = {}) {
  const server = await ToldSite.start()
  const secret = await aSite({
    clientId,
    inside: true,
    backchannelLogoutUri: `${server.url}/logout`,
    webhookUrl: `${server.url}/events`,
    ...input,
  })
  const config = await siteClient(secret, clientId)
  return {
    server,
    clientId,
    config,
    row: () => Client.findByOrFail('clientId', clientId),
    /** Signs a visitor in there who is signed in here. */
    async visit(visitor: Visitor) {
      const request = await aRequest(config, { scope: 'openid' })
      return request.finish((await visitor.get(request.url.href)).location)
    },
    /** The sign-outs it was told of, as it understands them. */
    signOuts: () => Promise.all(at(server, '/logout').map((told) => readLogout(told, clientId))),
    /** The events it was told of, checked by a library that nobody here wrote. */
    async events() {
      const [secretNow] = (await Client.findByOrFail('clientId', clientId)).webhookSecrets
      return at(server, '/events').map((told) => readEvent(told, secretNow))
    },
  }
}

export type ListeningSite = Awaited<ReturnType<typeof aToldSite>>

function at({ told }: ToldSite, path: string) {
  return told.filter((one) => one.path === path)
}

/** A logout token, validated as OpenID Connect Back-Channel Logout 1.0, 2.6 has it. */
async function readLogout({ headers, body }: Told, clientId: string) {
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') throw new Error('no form')
  const { payload } = await jwtVerify(
    new URLSearchParams(body).get('logout_token')!,
    createRemoteJWKSet(new URL(`${appUrl}/oidc/jwks`)),
    {
      algorithms: ['RS256'],
      issuer: appUrl,
      audience: clientId,
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'exp', 'jti', 'sub', 'events'],
    }
  )
  const { events, nonce, sub, sid, jti } = payload as Record<string, unknown>
  if (nonce !== undefined) throw new Error('a nonce')
  if (JSON.stringify(events) !== '{"http://schemas.openid.net/event/backchannel-logout":{}}') {
    throw new Error('no logout')
  }
  return { sub, sid, jti }
}

export function readEvent({ headers, body }: Told, secret: string) {
  const { type, timestamp, data } = new Webhook(secret).verify(body, headers) as {
    type: string
    timestamp: string
    data: Record<string, string>
  }
  return { id: headers['webhook-id'], type, timestamp, data }
}
