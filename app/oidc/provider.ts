import { hkdfSync } from 'node:crypto'
import logger from '@adonisjs/core/services/logger'
import Provider, { type errors, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import env from '#start/env'
import { COOKIE_FLAGS, cookieName } from '#auth/cookies'
import { appUrl } from '#config/app'
import { RotateSigningKeys } from '#actions/clients/rotate_signing_keys'
import { JOB } from '#audit/actor'
import type Client from '#models/oidc/client'
import SigningKey from '#models/oidc/signing_key'
import { findAccount, pairwiseIdentifier } from '#oidc/account'
import { DatabaseAdapter } from '#oidc/adapter'
import { grantToPresentMember } from '#oidc/grant'
import { policy } from '#oidc/policy'
import { formSourceOf } from '#oidc/redirect_uri'
import { noteRefusal } from '#oidc/refusal'
import { presentRequest } from '#oidc/request'
import { keepFailure } from '#oidc/site_failure'
import { followUserSessions } from '#oidc/session'
import { interactionPage, signInFirst } from '#oidc/sign_in_first'
import { speakAsAsked } from '#oidc/ui_locales'

const MINUTE = 60
const DAY = 24 * 60 * 60

let present: { version: string; provider: Promise<Provider> } | undefined

/**
 * The library's provider with the current signing keys. It is rebuilt when they change;
 * requests in progress keep the old one.
 */
export async function oidcProvider(): Promise<Provider> {
  let keys = await SigningKey.published()
  if (keys.length === 0) {
    await new RotateSigningKeys().handle(0, JOB)
    keys = await SigningKey.published()
  }
  const version = keys.map(({ publicId }) => publicId).join()
  if (present?.version !== version) {
    present = { version, provider: Promise.resolve().then(() => build(keys)) }
    present.provider.catch(() => (present = undefined))
  }
  return present.provider
}

/** The same for requests that sign nothing, which work with any keys. */
export async function presentOidcProvider(): Promise<Provider> {
  return present?.provider ?? oidcProvider()
}

function build(keys: SigningKey[]): Provider {
  const provider = new Provider(appUrl, configuration(keys))
  /* The library reads the scheme from a header that we set (`OidcMiddleware`). */
  provider.proxy = true
  followUserSessions(provider)
  compareSecretsHere(provider)
  noteFailures(provider)
  provider.use(letFormsReachTheSite)
  provider.use(signInFirst)
  provider.use(speakAsAsked)
  return provider
}

function configuration(keys: SigningKey[]): Configuration {
  return {
    adapter: DatabaseAdapter,
    jwks: { keys: keys.map(({ jwk }) => jwk) } as Configuration['jwks'],
    routes: {
      authorization: '/oidc/auth',
      end_session: '/oidc/session/end',
      introspection: '/oidc/token/introspection',
      jwks: '/oidc/jwks',
      pushed_authorization_request: '/oidc/request',
      revocation: '/oidc/token/revocation',
      token: '/oidc/token',
      userinfo: '/oidc/me',
    },
    scopes: ['openid', 'offline_access'],
    claims: {
      openid: ['sub', 'sid', 'acr', 'amr', 'auth_time'],
      profile: ['name', 'nickname', 'locale', 'updated_at'],
      email: ['email', 'email_verified'],
    },
    acrValues: ['1', '2'],
    extraParams: ['provider'],
    responseTypes: ['code'],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier,
    /* Each site is its own sector; the address that stands for it is never opened. */
    sectorIdentifierUriValidate: () => false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    clientDefaults: { id_token_signed_response_alg: 'RS256', require_auth_time: true },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      /* The library only announces it: every end of a session is told by us (`end_at_sites`). */
      backchannelLogout: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      /* Only for the discovery document; the page itself is ours (`SignOutsController`). */
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
    },
    ttl: {
      AccessToken: (_ctx, _token, { clientId }) => registered(clientId).accessTokenMinutes * MINUTE,
      AuthorizationCode: 60,
      IdToken: 60 * 60,
      Interaction: 60 * 60,
      /* Every refresh restarts it. */
      RefreshToken: (_ctx, _token, { clientId }) => registered(clientId).refreshTokenDays * DAY,
    },
    cookies: {
      keys: cookieKeys(),
      names: {
        interaction: cookieName('oidc-ask'),
        resume: cookieName('oidc-resume'),
      },
      short: { ...COOKIE_FLAGS, signed: true },
    },
    interactions: {
      url: (_ctx, { uid }) => interactionPage(uid),
      policy: policy(),
    },
    findAccount,
    loadExistingGrant: grantToPresentMember,
    issueRefreshToken: (_ctx, client, code) =>
      client.clientAuthMethod !== 'none' || mayStay(client) || code.scopes.has('offline_access'),
    expiresWithSession: (ctx) => !mayStay(ctx.oidc.client!),
    rotateRefreshToken: true,
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === 'none' &&
      client.applicationType === 'web' &&
      client.redirectUris!.some((uri) => new URL(uri).origin === origin),
    renderError,
  }
}

/** The registration of a site that the library has read for this request. */
function registered(clientId: string): Client {
  return presentRequest().clients.get(clientId)!
}

/** Whether a site's registration lets it keep access after the member's session has ended. */
function mayStay({ scope }: { scope?: string }): boolean {
  return scope?.split(' ').includes('offline_access') ?? false
}

/** Separate keys for signing cookies; nothing else is signed with them. */
function cookieKeys(): string[] {
  return [...env.get('APP_KEY'), ...env.get('APP_KEY_PREVIOUS')].map((key) =>
    Buffer.from(hkdfSync('sha256', key, '', 'oidc cookies', 32)).toString('base64url')
  )
}

/** Compares a site's secret with all that it has (`client_secrets`), not with the library's one. */
function compareSecretsHere({ Client }: Provider) {
  const prototype = Client.prototype as unknown as {
    compareClientSecret(this: { clientId: string }, given: string): Promise<boolean>
  }
  prototype.compareClientSecret = async function (given) {
    if (presentRequest().inHouse === this.clientId) return true
    const client = registered(this.clientId)
    const isRight = await client.accepts(given)
    if (!isRight) presentRequest().retiredSecretTail = client.retiredTailOf(given)
    return isRight
  }
}

/** An error page for people; the library answers machines in the protocol's own terms. */
async function renderError(ctx: KoaContextWithOIDC, out: errors.OIDCProviderError | object) {
  const { view } = presentRequest().http
  const { error = 'server_error' } = out as { error?: string }
  ctx.type = 'html'
  ctx.body = await view.render('pages/errors/site_request', { error })
}

/**
 * `form_post` posts to the site, and Chromium checks our policy before it does. Errors are
 * returned this way too, some of them before the library has checked the address.
 */
async function letFormsReachTheSite(ctx: KoaContextWithOIDC, next: () => Promise<void>) {
  await next()
  const { params, client } = ctx.oidc ?? {}
  const { redirect_uri: target, response_mode: mode } = params ?? {}
  if (mode !== 'form_post' || ctx.type !== 'text/html' || typeof target !== 'string') return
  if (!client?.redirectUriAllowed(target)) return
  const policyNow = ctx.response.get('content-security-policy')
  const source = formSourceOf(target)
  ctx.set(
    'content-security-policy',
    policyNow.replace(/form-action [^;]*/, `form-action ${source}`)
  )
}

const FAILURES = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'jwks.error',
  'discovery.error',
  'pushed_authorization_request.error',
  'revocation.error',
  'userinfo.error',
] as const

function noteFailures(provider: Provider) {
  /* The library reports a request twice if a second thing is wrong with it; we show the last. */
  const failures = new WeakMap<
    KoaContextWithOIDC,
    { event: string; error: errors.OIDCProviderError }
  >()
  for (const event of FAILURES) {
    const note = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
      failures.set(ctx, { event, error })
    provider.on(event as 'grant.error', note)
  }
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next()
    const failure = failures.get(ctx)
    if (!failure) return
    const { event, error } = failure
    noteRefusal({ event, error: error.message, client: ctx.oidc.entities.Client?.clientId })
    await keepFailure(ctx, error)
  })
  provider.on('server_error', (ctx, error) => {
    const client = ctx.oidc?.entities.Client?.clientId
    logger.error({ err: error, client }, 'a request of a site failed')
  })
}
