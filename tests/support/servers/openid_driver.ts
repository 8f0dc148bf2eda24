import { BoundedRequest, type ProviderAnswer } from '#protocol/bounded_request'
import type { Origins } from '#protocol/description'
import { Driver } from '#protocol/driver'
import { ProtocolFailure } from '#protocol/failure'
import { textOf, type Person } from '#protocol/person'
import { subjectOf } from '#protocol/subject'
import type { KeptTokens } from '#protocol/token_set'

/** An unknown OpenID Connect provider, with a separate host for tokens. */
export class OpenIdDriver extends Driver {
  static readonly origins = {
    auth: 'https://id.example',
    token: 'https://token.id.example',
    api: 'https://id.example',
  }
  static readonly scopes = ['openid', 'profile', 'email'] as const
  static readonly defaults = {
    label: '신분증',
    emailPolicy: 'provider_says',
    scopes: OpenIdDriver.scopes,
  } as const
  static readonly openIdConnect = {
    issuer: 'https://id.example',
    keysUrl: ({ auth }: Origins) => `${auth}/jwks`,
  }
  static readonly ownDomains = [] as const
  static readonly clientIdIsApplication = true
  static readonly secretOptional = false

  protected authorizeUrl = `${this.client.origins.auth}/auth`
  protected accessTokenUrl = `${this.client.origins.token}/token`
  protected profileUrl = `${this.client.origins.api}/me`

  protected askAgain = () => ({ prompt: 'consent' })
  protected signInAgain = () => ({ prompt: 'login' })
  consents = async () => []

  protected readTokenAnswer({ status, body }: ProviderAnswer) {
    if (body.error === 'invalid_client') throw new ProtocolFailure('secret_refused')
    if (body.error === 'invalid_grant') throw new ProtocolFailure('code_refused')
    if (status !== 200) throw new ProtocolFailure('token_refused', body.error)
    return body
  }

  protected readPerson({ status, body }: ProviderAnswer): Person {
    const subject = subjectOf(body.sub)
    if (status !== 200 || subject === null) throw new ProtocolFailure('profile_refused', status)
    const emailStatus = body.email_verified === true ? 'verified' : 'unverified'
    const [email, realName] = [textOf(body.email), textOf(body.name)]
    return { subject, email, emailStatus, realName, nickname: null, avatarUrl: null, askable: {} }
  }

  async endLink({ accessToken, refreshToken }: KeptTokens) {
    const request = new BoundedRequest(`${this.accessTokenUrl}/revocation`, { mayBeEmpty: true })
    request.field('client_id', this.client.clientId)
    request.field('client_secret', this.client.clientSecret)
    request.field('token', refreshToken ?? accessToken ?? '')
    if ((await request.post()).status !== 200) throw new ProtocolFailure('token_refused')
  }
}
