import { appUrl } from '#config/app'
import type Client from '#models/oidc/client'

/** Settings of one library, with a site's values filled in. */
export interface Snippet {
  key: string
  name: string
  /** The file they belong into. */
  file: string
  /** The redirect address that the library uses unless told otherwise; `null` if it has none. */
  redirectUri: string | null
  code: string
}

/** The addresses that a site's settings may want; the first two are enough for most. */
export function siteAddresses() {
  return {
    issuer: appUrl,
    discovery: `${appUrl}/.well-known/openid-configuration`,
    authorization: `${appUrl}/oidc/auth`,
    token: `${appUrl}/oidc/token`,
    user_info: `${appUrl}/oidc/me`,
    keys: `${appUrl}/oidc/jwks`,
    end_session: `${appUrl}/oidc/session/end`,
  }
}

/** Where a snippet reads the secret, which is nowhere to be filled in. */
const SECRET = 'DAEMUN_CLIENT_SECRET'

/**
 * Settings for the libraries that sites of this kind use most. The secret is read from
 * the environment in each of them.
 */
export function snippetsFor(client: Client): Snippet[] {
  const site = originOf(client)
  const values: Values = {
    issuer: appUrl,
    clientId: client.clientId,
    scope: client.scopes.join(' '),
    site,
    redirectUri: client.redirectUris[0],
  }
  const recipes = client.kind === 'server' ? SERVER : client.kind === 'browser' ? BROWSER : []
  return [...recipes, ANY].map(({ path, write, ...rest }) => ({
    ...rest,
    redirectUri: path === null || site === '' ? null : site + path,
    code: write(values).trim(),
  }))
}

interface Values {
  issuer: string
  clientId: string
  scope: string
  site: string
  redirectUri: string
}

interface Recipe extends Omit<Snippet, 'redirectUri' | 'code'> {
  path: string | null
  write(values: Values): string
}

/** Where the site is, as its first redirect address on the web says. */
function originOf({ redirectUris }: Client): string {
  const web = redirectUris.find((address) => /^https?:/.test(address))
  return web ? new URL(web).origin : ''
}

/** A text as Python, Ruby and YAML all read it. */
const quoted = (text: string) => JSON.stringify(text)

/** The same for JavaScript, with the quotes that most of it has. */
const inScript = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`

const SERVER: Recipe[] = [
  {
    key: 'auth_js',
    name: 'Auth.js (Next.js, Express)',
    file: 'auth.config.mjs',
    path: '/api/auth/callback/daemun',
    write: ({ issuer, clientId, scope }) => `
export const authConfig = {
  providers: [
    {
      id: 'daemun',
      name: 'Daemun',
      type: 'oidc',
      issuer: ${inScript(issuer)},
      clientId: ${inScript(clientId)},
      clientSecret: process.env.${SECRET},
      authorization: { params: { scope: ${inScript(scope)} } },
      checks: ['pkce', 'state', 'nonce'],
    },
  ],
  basePath: '/api/auth',
  secret: process.env.SESSION_SECRET,
  callbacks: {
    /* Auth.js makes up an id for each sign-in: this one stays the same. */
    jwt: ({ token, profile }) => (profile ? { ...token, sub: profile.sub } : token),
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
}`,
  },
  {
    key: 'express',
    name: 'Express (express-openid-connect)',
    file: 'daemun.mjs',
    path: '/callback',
    write: ({ issuer, clientId, scope, site }) => `
export const daemun = {
  issuerBaseURL: ${inScript(issuer)},
  baseURL: ${inScript(site)},
  clientID: ${inScript(clientId)},
  clientSecret: process.env.${SECRET},
  secret: process.env.SESSION_SECRET,
  authorizationParams: { response_type: 'code', scope: ${inScript(scope)} },
  authRequired: false,
  idpLogout: true,
}`,
  },
  {
    key: 'apache',
    name: 'PHP (Apache mod_auth_openidc)',
    file: 'daemun.conf',
    path: '/members/callback',
    write: ({ issuer, clientId, scope, site }) => `
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret "\${${SECRET}}"
OIDCRedirectURI ${site}/members/callback
OIDCCryptoPassphrase "\${SESSION_SECRET}"
OIDCScope "${scope}"
OIDCPKCEMethod S256
OIDCCookieSameSite On
OIDCRemoteUserClaim sub
OIDCPassClaimsAs environment

<Location /members>
  AuthType openid-connect
  Require valid-user
</Location>`,
  },
  {
    key: 'spring',
    name: 'Spring Security',
    file: 'application.yml',
    path: '/login/oauth2/code/daemun',
    write: ({ issuer, clientId, scope }) => `
spring:
  security:
    oauth2:
      client:
        registration:
          daemun:
            client-id: ${quoted(clientId)}
            client-secret: \${${SECRET}}
            scope: [${scope.split(' ').join(', ')}]
        provider:
          daemun:
            issuer-uri: ${quoted(issuer)}

# A server uses PKCE only if it is told to:
# resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce())`,
  },
  {
    key: 'django',
    name: 'Django (mozilla-django-oidc)',
    file: 'settings.py',
    path: '/oidc/callback/',
    write: ({ issuer, clientId, scope }) => `
OIDC_RP_CLIENT_ID = ${quoted(clientId)}
OIDC_RP_CLIENT_SECRET = os.environ["${SECRET}"]
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_RP_SCOPES = ${quoted(scope)}
OIDC_USE_PKCE = True
OIDC_OP_AUTHORIZATION_ENDPOINT = ${quoted(`${issuer}/oidc/auth`)}
OIDC_OP_TOKEN_ENDPOINT = ${quoted(`${issuer}/oidc/token`)}
OIDC_OP_USER_ENDPOINT = ${quoted(`${issuer}/oidc/me`)}
OIDC_OP_JWKS_ENDPOINT = ${quoted(`${issuer}/oidc/jwks`)}`,
  },
  {
    key: 'rails',
    name: 'Rails (omniauth_openid_connect)',
    file: 'config/initializers/omniauth.rb',
    path: '/auth/daemun/callback',
    write: ({ issuer, clientId, scope, site }) => `
Rails.application.config.middleware.use OmniAuth::Builder do
  provider :openid_connect, {
    name: :daemun,
    issuer: ${quoted(issuer)},
    discovery: true,
    response_type: :code,
    pkce: true,
    scope: %i[${scope}],
    client_options: {
      identifier: ${quoted(clientId)},
      secret: ENV.fetch("${SECRET}"),
      redirect_uri: ${quoted(`${site}/auth/daemun/callback`)}
    }
  }
end`,
  },
]

const BROWSER: Recipe[] = [
  {
    key: 'oidc_client_ts',
    name: 'oidc-client-ts',
    file: 'auth.ts',
    path: null,
    write: ({ issuer, clientId, scope, redirectUri }) => `
import { UserManager } from 'oidc-client-ts'

export const users = new UserManager({
  authority: ${inScript(issuer)},
  client_id: ${inScript(clientId)},
  redirect_uri: ${inScript(redirectUri)},
  response_type: 'code',
  scope: ${inScript(scope)},
})`,
  },
]

const ANY: Recipe = {
  key: 'any',
  name: 'OpenID Connect',
  file: '',
  path: null,
  write: ({ issuer, clientId, scope, redirectUri }) => `
issuer                 ${issuer}
client_id              ${clientId}
redirect_uri           ${redirectUri}
scope                  ${scope}
response_type          code
code_challenge_method  S256`,
}
