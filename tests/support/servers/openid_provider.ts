import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose'
import OidcProvider, { type JWKS } from 'oidc-provider'
import { OpenIdDriver } from '#tests/support/servers/openid_driver'

export const OPENID_CLIENT = { id: 'daemun-at-id', secret: 'a-secret-of-the-test-provider' }
export const PERSON = { sub: 'person-1', name: '한지민', email: 'jimin@example.com' }

/** Turns the claims of an ID token into the token sent in its place. */
type Forge = (claims: JWTPayload) => Promise<string>

/** A third-party provider implementation on its own port; signs everybody in as `PERSON`. */
export async function startOpenIdProvider(callbackUrl: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }
  const world = {
    forge: null as Forge | null,
    /** Overrides what the profile says about `PERSON`. */
    profile: {} as Record<string, unknown>,
    privateKey,
    origin: '',
    close: () => {},
  }

  const provider = new OidcProvider(OpenIdDriver.openIdConnect.issuer, {
    clients: [
      {
        client_id: OPENID_CLIENT.id,
        client_secret: OPENID_CLIENT.secret,
        redirect_uris: [callbackUrl],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [jwk] } as JWKS,
    cookies: { keys: ['for-tests'] },
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: async () => ({ ...PERSON, email_verified: true, sub: accountId }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId,
      })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) {
      const login = { accountId: PERSON.sub }
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login }))
      return
    }
    await next()
    const body = ctx.body as Record<string, unknown>
    if (ctx.path === '/me') ctx.body = { ...body, ...world.profile }
    if (ctx.path === '/token' && world.forge && typeof body.id_token === 'string') {
      ctx.body = { ...body, id_token: await world.forge(decodeJwt(body.id_token)) }
    }
  })

  const server = createServer(provider.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  world.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  world.close = () => server.close()
  return world
}

/** Signs claims as the provider would, or as somebody else with a different key. */
export function signed(claims: JWTPayload, key: CryptoKey, header: Record<string, string> = {}) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1', ...header }).sign(key)
}

/** Follows redirects like a browser, as far as the way back; returns the callback address. */
export async function agreeAt(address: string, callbackUrl: string): Promise<string> {
  const cookies = new Map<string, string>()
  for (let url = address, steps = 0; steps < 10; steps++) {
    if (url.startsWith(callbackUrl)) return url
    const cookie = Array.from(cookies, (pair) => pair.join('=')).join('; ')
    const response = await fetch(url, { headers: { cookie }, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split('=')
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`${response.status} at ${url}: ${await response.text()}`)
    url = new URL(location, url).href
  }
  throw new Error(`no way back from ${address}`)
}
