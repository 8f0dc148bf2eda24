import { Oauth2Driver, type RedirectRequest } from '@adonisjs/ally'
import type {
  AllyUserContract,
  ApiRequestContract,
  Oauth2AccessToken,
  Oauth2DriverConfig,
} from '@adonisjs/ally/types'
import type { HttpContext } from '@adonisjs/core/http'
import type Provider from '#models/provider'
import { randomToken, sameText } from '#auth/random_token'
import type { DeveloperConsole } from '#social/developer_console'
import { BoundedRequest, type ProviderAnswer } from '#social/bounded_request'
import { SocialFailure } from '#social/failure'
import type { ConsentItem } from '#social/consent_item'
import type { NoticeReader } from '#social/notice'
import type { Profile, RequirableField } from '#social/profile'
import { scopesOf, tokenOf, type KeptTokens, type TokenSet } from '#social/token_set'

/** The hosts of a provider: where people are sent, and where profiles are. */
export interface Origins {
  auth: string
  api: string
}

/** The two secrets of one trip. Neither is stored: both come from the browser's cookie. */
export interface TripSecrets {
  /** What the attempt expects back; empty means that nothing is expected. */
  state: string
  codeVerifier: string
}

export interface DriverConfig extends Oauth2DriverConfig {
  origins: Origins
  scopes: string[]
}

/** What the rest of the application may know of a driver without building one. */
export interface DriverClass {
  new (ctx: HttpContext | null, config: DriverConfig, trip: TripSecrets): SocialDriver
  /** Where the provider really is; `<DRIVER>_AUTH_ORIGIN` and `…_API_ORIGIN` stand in. */
  readonly origins: Origins
  /** The settings of a new provider row. */
  readonly defaults: { label: string; emailPolicy: Provider['emailPolicy'] }
  /** Mail domains whose addresses only this provider gives out (`own_domain`). */
  readonly ownDomains: readonly string[]
  /** Whether another client id means another application, whose subjects are other people. */
  readonly clientIdIsApplication: boolean
  /** Whether its console lets an application do without a client secret. */
  readonly secretOptional: boolean
  /**
   * The scopes it is known to take; empty where it takes none. Asked for another one,
   * it shows every visitor an error instead of its own page.
   */
  readonly scopes: readonly string[]
  /** Reads its word that a link has ended; absent where it never gives it. */
  readonly readNotice?: NoticeReader
  /**
   * For how many days a refresh token is good at least, from the end of the access
   * token that came with it; `null` when the provider does not say.
   */
  readonly refreshTokenDays: number | null
  /** Whether `consents` also names what the person left out. */
  readonly listsRefusals: boolean
  /** Which part of a profile each of its consent items is, as far as it is kept here. */
  readonly fieldsBehind: Readonly<Record<string, RequirableField>>
  /** For the set-up guide, which without it only tells what holds for every provider. */
  readonly console?: DeveloperConsole
  /**
   * The codes and failures that `diagnoses.json` explains in this provider's own
   * terms, each with the page of its documentation about it, if there is one.
   */
  readonly diagnosed: Readonly<Record<string, string | null>>
  /** Those among them that it shows on a page of its own, so that nobody comes back. */
  readonly silent: readonly string[]
}

/** How a trip should differ from a plain sign-in. */
export interface AuthorizeOptions {
  /** What the provider should ask for again, in its own terms (`Profile.askable`). */
  askFor?: string[]
  /** The person should prove to the provider once more who they are. */
  signInAgain?: boolean
}

/**
 * The base of all drivers, on Ally's OAuth 2 client. Ally keeps one state in one
 * cookie; a trip here has a row and secrets of its own, so several tabs live
 * side by side. Of Ally's cookies nothing is used, and `redirect()` is never
 * called: it would set them.
 */
export abstract class SocialDriver extends Oauth2Driver<Oauth2AccessToken, string> {
  static readonly scopes: DriverClass['scopes'] = []
  static readonly diagnosed: DriverClass['diagnosed'] = {}
  static readonly silent: DriverClass['silent'] = []
  static readonly refreshTokenDays: DriverClass['refreshTokenDays'] = null
  static readonly listsRefusals: DriverClass['listsRefusals'] = false
  static readonly fieldsBehind: DriverClass['fieldsBehind'] = {}

  protected stateCookieName = 'unused'
  protected stateParamName = 'state'
  protected errorParamName = 'error'
  protected codeParamName = 'code'
  protected scopeParamName = 'scope'
  protected scopesSeparator = ','

  /** Whether the provider takes a PKCE challenge (S256). */
  protected abstract usesPkce: boolean

  /** Adds what a repeated consent request needs. */
  protected abstract askAgain(request: RedirectRequest<string>, askFor: string[]): void

  /** Adds what makes the provider ask for a sign-in even of who is signed in there. */
  protected abstract signInAgain(request: RedirectRequest<string>): void

  /**
   * Decides about an answer of the token endpoint.
   * @throws SocialFailure unless it holds an access token
   */
  protected abstract readTokenAnswer(answer: ProviderAnswer): Record<string, unknown>

  /** @throws SocialFailure unless the answer describes a person */
  protected abstract readProfileAnswer(answer: ProviderAnswer): Profile

  protected abstract profileUrl: string

  /**
   * Ends the link between a person and this application at the provider; one that
   * has ended already counts as ended.
   *
   * @throws SocialFailure `token_refused` when no token given is good for that
   */
  abstract endLink(tokens: KeptTokens): Promise<void>

  /**
   * The same without a token, where the provider takes an administrator's key.
   *
   * @throws SocialFailure `token_refused` when it does not take this key
   */
  endLinkBySubject?(subject: string, adminKey: string): Promise<void>

  /**
   * What the person agreed to let this service have.
   * @throws SocialFailure `token_refused` when the token is not good any more
   */
  abstract consents(accessToken: string): Promise<ConsentItem[]>

  /**
   * Takes back one item, where the provider lets people do so.
   *
   * @returns what is agreed after that; `null` when the provider keeps this item
   * @throws SocialFailure `token_refused` when the token is not good any more
   */
  withdrawConsent?(accessToken: string, item: string): Promise<ConsentItem[] | null>

  declare config: DriverConfig
  protected readonly trip: TripSecrets

  /** @param ctx the callback; without one, only what no browser brings back can be asked */
  constructor(ctx: HttpContext | null, config: DriverConfig, trip: TripSecrets) {
    super(ctx as HttpContext, config)
    this.trip = trip
  }

  /** The address to send the browser to. */
  async authorizationUrl({ askFor = [], signInAgain }: AuthorizeOptions = {}): Promise<string> {
    return this.redirectUrl((request) => {
      request.param('response_type', 'code')
      request.param(this.stateParamName, this.trip.state)
      if (this.config.scopes.length > 0) request.scopes(this.config.scopes)
      if (askFor.length > 0) this.askAgain(request as RedirectRequest<string>, askFor)
      if (signInAgain) this.signInAgain(request as RedirectRequest<string>)
    })
  }

  /**
   * Exchanges a code that came with the state of this trip (`social/arrival.ts`), once.
   * @throws SocialFailure
   */
  async exchange(code: string): Promise<TokenSet> {
    const { token, refreshToken, expiresIn, scope } = await this.getAccessToken((request) =>
      request.field(this.codeParamName, code)
    )
    return this.#tokenSet({ token, refreshToken, expiresIn, scope })
  }

  /**
   * Asks for another access token.
   *
   * @param kept the refresh token, and the access token it is to replace
   * @throws SocialFailure `grant_gone` when the provider says that the link has ended
   */
  async refresh({ refreshToken }: KeptTokens): Promise<TokenSet> {
    this.insistOnClient()
    if (refreshToken === null) throw new SocialFailure('token_refused')
    const request = this.httpClient(this.accessTokenUrl)
    request.field('grant_type', 'refresh_token')
    request.field('client_id', this.config.clientId)
    if (this.config.clientSecret) request.field('client_secret', this.config.clientSecret)
    request.field('refresh_token', refreshToken)

    const body = this.processClientResponse(request, await request.post())
    return this.#tokenSet({
      token: String(body.access_token),
      refreshToken: body.refresh_token,
      expiresIn: body.expires_in,
      scope: body.scope,
    })
  }

  #tokenSet({ token, refreshToken, expiresIn, scope }: TokenAnswer): TokenSet {
    const seconds = Number(expiresIn)
    return {
      accessToken: tokenOf(token),
      refreshToken: typeof refreshToken === 'string' && refreshToken ? tokenOf(refreshToken) : null,
      /* Naver sends "3600" as text; what is no sensible number of seconds is unknown. */
      expiresIn: Number.isInteger(seconds) && seconds > 0 && seconds < 1e9 ? seconds : null,
      scopes: typeof scope === 'string' ? scopesOf(scope) : null,
      clientId: this.config.clientId,
    }
  }

  /**
   * Tells right keys from wrong ones without anybody signing in: a provider
   * looks at the client first, so right keys fail for an invented code alone.
   *
   * @throws SocialFailure `client_unknown` or `secret_refused` for wrong keys, and
   *   any other one where the provider did not tell
   */
  async checkKeys(): Promise<void> {
    try {
      await this.getAccessToken((request) => request.field(this.codeParamName, randomToken()))
    } catch (error) {
      if (error instanceof SocialFailure && error.failure === 'code_refused') return
      throw error
    }
    /* To whom any code is right, any keys are. */
    throw new SocialFailure('answer_unreadable')
  }

  /**
   * Which application a token was issued to, in the provider's words.
   *
   * @returns `null` when the provider does not say
   * @throws SocialFailure
   */
  async application(_accessToken: string): Promise<string | null> {
    const { clientIdIsApplication } = this.constructor as DriverClass & typeof SocialDriver
    return clientIdIsApplication ? this.config.clientId : null
  }

  /**
   * Asks who the token belongs to; again once if no connection came about.
   * @throws SocialFailure
   */
  async profile(accessToken: string): Promise<Profile> {
    const ask = () => this.asPerson(this.profileUrl, accessToken).get()
    const answer = await ask().catch((error) => {
      if (error instanceof SocialFailure && error.failure === 'provider_unreachable') return ask()
      throw error
    })
    return this.readProfileAnswer(answer)
  }

  /**
   * Ally 6.3 compares the state cookie with the parameter and takes "both
   * missing" for a match, which lets any callback in. Here an empty expectation
   * matches nothing. tests/unit/social/ally_state.spec.ts tells when Ally has
   * mended it.
   */
  stateMisMatch(): boolean {
    const given = this.ctx.request.qs()[this.stateParamName]
    return this.trip.state === '' || typeof given !== 'string' || !sameText(given, this.trip.state)
  }

  /** The person pressed "cancel" at the provider. */
  accessDenied(): boolean {
    return this.getError() === 'access_denied'
  }

  async userFromToken(token: string): Promise<AllyUserContract<{ token: string; type: 'bearer' }>> {
    return { ...asAllyUser(await this.profile(token)), token: { token, type: 'bearer' } }
  }

  async user(
    callback?: (request: ApiRequestContract) => void
  ): Promise<AllyUserContract<Oauth2AccessToken>> {
    const token = await this.accessToken(callback)
    return { ...asAllyUser(await this.profile(token.token)), token }
  }

  protected httpClient(url: string) {
    return new BoundedRequest(url)
  }

  /** A request in the name of the person whom a token belongs to. */
  protected asPerson(url: string, accessToken: string): BoundedRequest {
    const request = this.httpClient(url)
    request.header('Authorization', `Bearer ${accessToken}`)
    return request
  }

  /** @throws SocialFailure when this driver has no credential to name the client by */
  protected insistOnClient() {
    if (this.config.clientId === '') throw new SocialFailure('credential_revoked')
  }

  protected processClientResponse(_client: unknown, answer: ProviderAnswer) {
    const body = this.readTokenAnswer(answer)
    if (typeof body.access_token !== 'string' || body.access_token === '') {
      throw new SocialFailure('token_refused', answer.status)
    }
    return body
  }

  protected getPkceCodeVerifierForRedirect() {
    return this.usesPkce ? this.trip.codeVerifier : null
  }

  protected getPkceCodeVerifierForAccessToken() {
    return this.usesPkce ? this.trip.codeVerifier : null
  }
}

/** What a token endpoint says, before it is looked at closely. */
interface TokenAnswer {
  token: string
  refreshToken?: unknown
  expiresIn?: unknown
  scope?: unknown
}

/* Ally knows no address that was lost. */
const EMAIL_STATES = {
  verified: 'verified',
  unverified: 'unverified',
  lost: 'unverified',
  unknown: 'unsupported',
} as const

function asAllyUser(profile: Profile): Omit<AllyUserContract<Oauth2AccessToken>, 'token'> {
  return {
    id: profile.subject,
    nickName: profile.nickname ?? '',
    name: profile.name ?? '',
    email: profile.email,
    emailVerificationState: EMAIL_STATES[profile.emailStatus],
    avatarUrl: profile.avatarUrl,
    original: profile,
  }
}
