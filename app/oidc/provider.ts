import { hkdfSync } from 'node:crypto'
import logger from '@adonisjs/core/services/logger'
import db from '@adonisjs/lucid/services/db'
import Provider, {
  type errors,
  interactionPolicy,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import env from '#start/env'
import { COOKIE_FLAGS, cookieName } from '#auth/cookies'
import { appUrl } from '#config/app'
import ClientSecret from '#models/client_secret'
import SigningKey from '#models/signing_key'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now } from '#models/clock'
import { DatabaseAdapter } from '#oidc/adapter'
import { noteRefusal } from '#oidc/refusal'
import { httpOfRequest, sessionOfRequest } from '#oidc/request'

const DAY = 24 * 60 * 60

/* As long as a remembered session; every refresh starts it over. */
const REFRESHED_WITHIN = 30 * DAY

let present: { version: string; provider: Promise<Provider> } | undefined

/**
 * The library's provider with the current signing keys. It is rebuilt when they change;
 * requests in progress keep theirs.
 */
export async function oidcProvider(): Promise<Provider> {
  let keys = await SigningKey.published()
  if (keys.length === 0) {
    const first = await SigningKey.fresh(now())
    await first.save()
    keys = await SigningKey.published()
  }
  const version = keys.map(({ publicId }) => publicId).join()
  if (present?.version !== version) {
    present = { version, provider: Promise.resolve().then(() => build(keys)) }
    present.provider.catch(() => (present = undefined))
  }
  return present.provider
}

/** The same for requests that sign nothing: whichever keys it was built with will do. */
export async function presentOidcProvider(): Promise<Provider> {
  return present?.provider ?? oidcProvider()
}

function build(keys: SigningKey[]): Provider {
  const provider = new Provider(appUrl, configuration(keys))
  /* It reads the scheme from a header that we write (`OidcMiddleware`). */
  provider.proxy = true
  followUserSessions(provider)
  compareSecretsHere(provider)
  noteFailures(provider)
  provider.use(letFormsReachTheSite)
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
    subjectTypes: ['public'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    clientDefaults: { id_token_signed_response_alg: 'RS256', require_auth_time: true },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      /* For the discovery document: the page itself is ours (`OidcSignOutsController`). */
      rpInitiatedLogout: { enabled: true },
      userinfo: { enabled: true },
    },
    ttl: {
      AccessToken: 60 * 60,
      AuthorizationCode: 60,
      IdToken: 60 * 60,
      Interaction: 60 * 60,
      RefreshToken: REFRESHED_WITHIN,
      Session: REFRESHED_WITHIN,
      Grant: 365 * DAY,
    },
    cookies: {
      keys: cookieKeys(),
      names: {
        session: cookieName('oidc'),
        interaction: cookieName('oidc-ask'),
        resume: cookieName('oidc-resume'),
      },
      long: { ...COOKIE_FLAGS, signed: true },
      short: { ...COOKIE_FLAGS, signed: true },
    },
    interactions: {
      url: (_ctx, interaction) => `/oidc/interaction/${interaction.uid}`,
      policy: policy(),
    },
    findAccount,
    loadExistingGrant,
    issueRefreshToken: (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') &&
      (client.clientAuthMethod !== 'none' || mayStay(client) || code.scopes.has('offline_access')),
    expiresWithSession: (ctx) => !mayStay(ctx.oidc.client!),
    rotateRefreshToken: true,
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === 'none' &&
      client.redirectUris!.some((uri) => new URL(uri).origin === origin),
    renderError,
  }
}

/** Whether its registration lets a site go on when the member has left. */
function mayStay({ scope }: { scope?: string }): boolean {
  return scope?.split(' ').includes('offline_access') ?? false
}

/** Keys of the cookies' signatures, of their own: nothing else is signed with them. */
function cookieKeys(): string[] {
  return [...env.get('APP_KEY'), ...env.get('APP_KEY_PREVIOUS')].map((key) =>
    Buffer.from(hkdfSync('sha256', key, '', 'oidc cookies', 32)).toString('base64url')
  )
}

/**
 * When a person must be asked: as the standard has it, and for a second factor that they
 * do not have. A site here is the house's own, so nobody is asked for consent.
 */
function policy() {
  const prompts = interactionPolicy.base()
  prompts.remove('consent')
  const consent = new interactionPolicy.Prompt({ name: 'consent', requestable: false })
  prompts.add(consent)
  prompts.get('login')!.checks.add(
    new interactionPolicy.Check(
      'second_factor',
      'a second factor is demanded',
      'unmet_authentication_requirements',
      (ctx) => {
        const { accountId, acr } = ctx.oidc.session!
        return Boolean(accountId && demandsSecondFactor(ctx.oidc.params!) && acr !== '2')
      }
    )
  )
  return prompts
}

/** Whether a request takes nothing less than a second factor. */
export function demandsSecondFactor({ acr_values: values }: Record<string, unknown>): boolean {
  const wanted = String(values ?? '').split(' ')
  return wanted.includes('2') && !wanted.includes('1')
}

/** A member as sites see them; nobody, when they may not sign in. */
async function findAccount(_ctx: KoaContextWithOIDC, sub: string, token?: object) {
  const user = await User.findBy('publicId', sub)
  if (!user || user.isSuspended) return undefined
  const { sessionUid } = (token ?? {}) as { sessionUid?: string }
  return {
    accountId: sub,
    claims: async (use: string) => ({
      sub,
      ...(sessionUid && { sid: sessionUid }),
      ...(use === 'userinfo' && (await proofBehind(sessionUid))),
      name: user.name || undefined,
      nickname: user.name || undefined,
      locale: user.locale ?? undefined,
      updated_at: Math.floor(user.updatedAt.toSeconds()),
      ...(user.email && { email: user.email, email_verified: true }),
    }),
  }
}

/** What the member's session has been given for this site, or a fresh grant of it. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { provider, client, session } = ctx.oidc
  const known = session!.grantIdFor(client!.clientId)
  const grant = known ? await provider.Grant.find(known) : undefined
  if (grant && grant.accountId === session!.accountId) {
    const granted = grant.getOIDCScope().split(' ')
    if ((client!.scope ?? '').split(' ').every((scope) => granted.includes(scope))) return grant
  }
  if (!session!.accountId) return undefined
  const fresh = new provider.Grant({ accountId: session!.accountId, clientId: client!.clientId })
  fresh.addOIDCScope(client!.scope ?? 'openid')
  await fresh.save()
  return fresh
}

/**
 * The library keeps a session of its own. Here it is the shadow of a row of
 * `user_sessions`: found by it, never by a cookie, so that it cannot outlive it or speak
 * for somebody else.
 */
function followUserSessions(provider: Provider) {
  const { Session } = provider
  Session.get = async (ctx: KoaContextWithOIDC) => {
    const here = await sessionOfRequest()
    const session = here ? await shadowOf(provider, here) : new Session()
    ctx.oidc?.entity('Session', session)
    return session
  }
  /* Its name is known to nobody but us, so it need not change when somebody signs in. */
  Session.prototype.resetIdentifier = function () {
    Object.assign(this, { touched: true })
  }
}

async function shadowOf({ Session }: Provider, here: UserSession) {
  const jti = `user_session:${here.publicId}`
  const accountId = here.user.publicId
  const known = await Session.find(jti)
  const session =
    known?.accountId === accountId ? known : freshSession(Session, { jti, uid: here.publicId })
  const loginTs = Math.floor(here.authenticatedAt.toSeconds())
  if (session.accountId !== accountId || session.loginTs !== loginTs) {
    session.loginAccount({ accountId, loginTs, ...(await proofOf(here)) })
  }
  return session
}

/* The types know no constructor with values. */
function freshSession(Session: Provider['Session'], values: { jti: string; uid: string }) {
  return new (Session as unknown as new (payload: object) => InstanceType<typeof Session>)(values)
}

/** The same of the session that a token came from, while that is known. */
async function proofBehind(sessionUid: string | undefined) {
  const session = sessionUid ? await UserSession.findBy('publicId', sessionUid) : null
  if (!session) return {}
  const { amr } = await proofOf(session)
  return { amr }
}

/** By what the person has shown who they are: `acr` and `amr`. */
export async function proofOf({ identityId, secondFactorAt }: UserSession) {
  const provider: { key: string } | null =
    identityId === null
      ? null
      : await db
          .from('identities')
          .join('providers', 'providers.id', 'identities.provider_id')
          .where('identities.id', identityId)
          .select('providers.key')
          .first()
  return {
    acr: secondFactorAt ? '2' : '1',
    amr: [provider?.key ?? 'pwd', ...(secondFactorAt ? ['otp', 'mfa'] : [])],
  }
}

function compareSecretsHere({ Client }: Provider) {
  const prototype = Client.prototype as unknown as {
    compareClientSecret(this: { clientId: string }, given: string): Promise<boolean>
  }
  prototype.compareClientSecret = function (given) {
    return ClientSecret.accepts(this.clientId, given)
  }
}

/** A page for people; machines are answered by the library, in the protocol's words. */
async function renderError(ctx: KoaContextWithOIDC, out: errors.OIDCProviderError | object) {
  const { view } = httpOfRequest()
  const { error = 'server_error' } = out as { error?: string }
  ctx.type = 'html'
  ctx.body = await view.render('pages/errors/site_request', { error })
}

/**
 * `form_post` posts to the site, and Chromium asks our policy whether it may. Errors are
 * answered so too, some of them before the library has compared the address.
 */
async function letFormsReachTheSite(ctx: KoaContextWithOIDC, next: () => Promise<void>) {
  await next()
  const { params, client } = ctx.oidc ?? {}
  const { redirect_uri: target, response_mode: mode } = params ?? {}
  if (mode !== 'form_post' || ctx.type !== 'text/html' || typeof target !== 'string') return
  if (!client?.redirectUriAllowed(target)) return
  const policyNow = ctx.response.get('content-security-policy')
  const { origin } = new URL(target)
  ctx.set(
    'content-security-policy',
    policyNow.replace(/form-action [^;]*/, `form-action ${origin}`)
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
  /* The library tells of a request twice when a second thing is wrong with it; the last is shown. */
  const failures = new WeakMap<KoaContextWithOIDC, { event: string; error: string }>()
  for (const event of FAILURES) {
    provider.on(event as 'grant.error', (ctx: KoaContextWithOIDC, { message }: Error) => {
      failures.set(ctx, { event, error: message })
    })
  }
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next()
    const failure = failures.get(ctx)
    if (failure) noteRefusal({ ...failure, client: ctx.oidc.entities.Client?.clientId })
  })
  provider.on('server_error', (ctx, error) => {
    logger.error({ err: error, client: ctx.oidc?.entities.Client?.clientId }, 'a site was failed')
  })
}
