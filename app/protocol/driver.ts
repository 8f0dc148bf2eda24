import { randomBytes } from 'node:crypto'
import { AllyClient } from '#protocol/ally_client'
import { BoundedRequest, type ProviderAnswer } from '#protocol/bounded_request'
import type { ConsentItem } from '#protocol/consent_item'
import type { Origins, ProviderDescription } from '#protocol/description'
import { ProtocolFailure } from '#protocol/failure'
import { readIdToken, type IdTokenClaims } from '#protocol/id_token'
import type { Person } from '#protocol/person'
import { scopesOf, tokenOf, type KeptTokens, type TokenSet } from '#protocol/token_set'

/** The client that a driver acts for, as the rows have it at the time of the call. */
export interface ClientConfig {
  /** Empty when no credential is left. */
  clientId: string
  /** Empty when the client has none. */
  clientSecret: string
  /** Where the provider sends people back to. */
  callbackUrl: string
  origins: Origins
  /** The scopes to ask for; when empty, the provider's console decides. */
  scopes: string[]
}

/** The secrets of one trip, which only its browser can bring back. */
export interface TripSecrets {
  state: string
  codeVerifier: string
  /** An ID token must repeat it. */
  nonce: string
}

/** What a code was exchanged for. */
export interface Issued {
  tokens: TokenSet
  /** The verified ID token's claims; `null` if the provider does not speak OpenID Connect. */
  claims: IdTokenClaims | null
}

/** How a trip should differ from a plain sign-in. */
export interface AuthorizeOptions {
  /** What the provider should ask for again, in its own terms (`Person.askable`). */
  askFor?: string[]
  /** The person should prove their identity to the provider again. */
  signInAgain?: boolean
}

/** Its instances act for one client; its static side describes the provider. */
export interface DriverClass extends ProviderDescription {
  new (client: ClientConfig): Driver
}

/**
 * The base of all drivers: one provider's protocol, spoken for one client. Each step takes
 * its input as arguments, returns its result and fails with a named failure. A driver
 * knows nothing about requests, rows or other trips.
 */
export abstract class Driver {
  static readonly pkce: boolean = true
  static readonly openIdConnect: ProviderDescription['openIdConnect'] = null
  static readonly scopeSeparator: ProviderDescription['scopeSeparator'] = ' '
  static readonly scopes: ProviderDescription['scopes'] = []
  static readonly diagnosed: ProviderDescription['diagnosed'] = {}
  static readonly silent: ProviderDescription['silent'] = []
  static readonly refreshTokenDays: ProviderDescription['refreshTokenDays'] = null
  static readonly listsRefusals: ProviderDescription['listsRefusals'] = false
  static readonly fieldsBehind: ProviderDescription['fieldsBehind'] = {}

  protected abstract authorizeUrl: string
  protected abstract accessTokenUrl: string
  protected abstract profileUrl: string

  constructor(protected readonly client: ClientConfig) {}

  /** Parameters of a repeated consent request; a `scope` here replaces the client's. */
  protected abstract askAgain(items: string[]): Record<string, string>

  /** Parameters of a request that makes even people with a session at the provider sign in. */
  protected abstract signInAgain(): Record<string, string>

  /** Fields that the provider expects with a code beyond those of RFC 6749. */
  protected exchangeFields(_trip: TripSecrets): Record<string, string> {
    return {}
  }

  /**
   * Reads an answer of the token endpoint.
   * @throws ProtocolFailure unless the answer holds tokens
   */
  protected abstract readTokenAnswer(answer: ProviderAnswer): Record<string, unknown>

  /** @throws ProtocolFailure unless the answer describes a person */
  protected abstract readPerson(answer: ProviderAnswer): Person

  /**
   * Ends the link between a person and this application at the provider. Succeeds if the
   * link has already ended.
   *
   * @throws ProtocolFailure `token_refused` when none of the given tokens can do that
   */
  abstract endLink(tokens: KeptTokens): Promise<void>

  /**
   * The same without a token, for providers that accept an administrator's key.
   *
   * @throws ProtocolFailure `token_refused` when the provider does not accept this key
   */
  endLinkBySubject?(subject: string, adminKey: string): Promise<void>

  /**
   * What the person agreed to share with this service.
   * @throws ProtocolFailure `token_refused` when the token is no longer valid
   */
  abstract consents(accessToken: string): Promise<ConsentItem[]>

  /**
   * Withdraws consent to one item, for providers that allow it.
   *
   * @returns the consents that remain; `null` when the provider does not release this item
   * @throws ProtocolFailure `token_refused` when the token is no longer valid
   */
  withdrawConsent?(accessToken: string, item: string): Promise<ConsentItem[] | null>

  /** The address to send a trip's browser to. */
  async authorizationUrl(
    trip: TripSecrets,
    { askFor = [], signInAgain }: AuthorizeOptions = {}
  ): Promise<string> {
    const { openIdConnect } = this.#description
    const scopes = new Set([...(openIdConnect ? ['openid'] : []), ...this.client.scopes])
    return this.#ally(trip).authorizationUrl([...scopes], {
      response_type: 'code',
      state: trip.state,
      ...(openIdConnect && { nonce: trip.nonce }),
      ...(askFor.length > 0 && this.askAgain(askFor)),
      ...(signInAgain && this.signInAgain()),
    })
  }

  /**
   * Exchanges a code that came with this trip's state (`trip/arrival.ts`). Does not retry.
   * @throws ProtocolFailure `id_token_refused` when the provider speaks OpenID Connect and
   *   its ID token does not belong to this trip
   */
  async exchange(code: string, trip: TripSecrets): Promise<Issued> {
    const answer = await this.#ally(trip).exchange(code, this.exchangeFields(trip))
    const { token, refreshToken, expiresIn, scope, id_token: idToken } = answer
    const tokens = this.#tokenSet({ token, refreshToken, expiresIn, scope })
    return { tokens, claims: await this.#claimsOf(idToken, trip) }
  }

  async #claimsOf(idToken: unknown, { nonce }: TripSecrets): Promise<IdTokenClaims | null> {
    const { openIdConnect } = this.#description
    if (openIdConnect === null) return null
    const { clientId, origins } = this.client
    const { issuer } = openIdConnect
    const keysUrl = openIdConnect.keysUrl(origins)
    return readIdToken(idToken, { issuer, keysUrl, clientId, nonce })
  }

  /**
   * Asks for a new access token.
   *
   * @param kept the refresh token, and the access token it is to replace
   * @throws ProtocolFailure `grant_gone` when the provider says that the link has ended
   */
  async refresh({ refreshToken }: KeptTokens): Promise<TokenSet> {
    this.insistOnClient()
    if (refreshToken === null) throw new ProtocolFailure('token_refused')
    const { clientId, clientSecret } = this.client
    const request = new BoundedRequest(this.accessTokenUrl)
    request.field('grant_type', 'refresh_token')
    request.field('client_id', clientId)
    if (clientSecret) request.field('client_secret', clientSecret)
    request.field('refresh_token', refreshToken)

    const body = this.#readTokens(await request.post())
    return this.#tokenSet({
      token: String(body.access_token),
      refreshToken: body.refresh_token,
      expiresIn: body.expires_in,
      scope: body.scope,
    })
  }

  /**
   * Checks whether the keys are right without anybody signing in: a provider checks the
   * client first, so right keys fail only because of an invented code.
   *
   * @throws ProtocolFailure `client_unknown` or `secret_refused` for wrong keys, and
   *   any other failure when the provider's answer does not tell
   */
  async checkKeys(): Promise<void> {
    const invented = () => randomBytes(32).toString('base64url')
    try {
      const trip = { state: invented(), codeVerifier: invented(), nonce: invented() }
      await this.exchange(invented(), trip)
    } catch (error) {
      if (error instanceof ProtocolFailure && error.failure === 'code_refused') return
      throw error
    }
    /* A provider that accepts any code may accept any keys too. */
    throw new ProtocolFailure('answer_unreadable')
  }

  /**
   * The application a token was issued to, in the provider's terms.
   *
   * @returns `null` when the provider does not say
   * @throws ProtocolFailure
   */
  async application(_accessToken: string): Promise<string | null> {
    return this.#description.clientIdIsApplication ? this.client.clientId : null
  }

  /**
   * Asks who the token belongs to; retries once if the connection fails.
   *
   * @param claims of the ID token that came with it
   * @throws ProtocolFailure `id_token_refused` when the ID token is somebody else's
   */
  async person(accessToken: string, claims: IdTokenClaims | null = null): Promise<Person> {
    const ask = () => this.asPerson(this.profileUrl, accessToken).get()
    const answer = await ask().catch((error) => {
      const isBroken = error instanceof ProtocolFailure && error.failure === 'provider_unreachable'
      if (isBroken) return ask()
      throw error
    })
    const person = this.readPerson(answer)
    if (this.#description.openIdConnect && person.subject !== claims?.sub) {
      throw new ProtocolFailure('id_token_refused', 'sub')
    }
    return person
  }

  /** A request on behalf of the person the token belongs to. */
  protected asPerson(url: string, accessToken: string): BoundedRequest {
    const request = new BoundedRequest(url)
    request.header('Authorization', `Bearer ${accessToken}`)
    return request
  }

  /** @throws ProtocolFailure when this driver has no credential to name the client by */
  protected insistOnClient() {
    if (this.client.clientId === '') throw new ProtocolFailure('credential_revoked')
  }

  get #description() {
    return this.constructor as DriverClass
  }

  #ally({ codeVerifier }: TripSecrets): AllyClient {
    const { clientId, clientSecret, callbackUrl } = this.client
    const { pkce, scopeSeparator } = this.#description
    return new AllyClient({
      clientId,
      clientSecret,
      callbackUrl,
      authorizeUrl: this.authorizeUrl,
      accessTokenUrl: this.accessTokenUrl,
      scopeSeparator,
      codeVerifier: pkce ? codeVerifier : null,
      readTokens: (answer) => this.#readTokens(answer),
    })
  }

  #readTokens(answer: ProviderAnswer): Record<string, unknown> {
    const body = this.readTokenAnswer(answer)
    if (typeof body.access_token !== 'string' || body.access_token === '') {
      throw new ProtocolFailure('token_refused', answer.status)
    }
    return body
  }

  #tokenSet({ token, refreshToken, expiresIn, scope }: TokenAnswer): TokenSet {
    const seconds = Number(expiresIn)
    return {
      accessToken: tokenOf(token),
      refreshToken: typeof refreshToken === 'string' && refreshToken ? tokenOf(refreshToken) : null,
      /* Naver sends "3600" as text. Anything but a sensible number of seconds means unknown. */
      expiresIn: Number.isInteger(seconds) && seconds > 0 && seconds < 1e9 ? seconds : null,
      scopes: typeof scope === 'string' ? scopesOf(scope) : null,
      clientId: this.client.clientId,
    }
  }
}

/** A token endpoint's answer before validation. */
interface TokenAnswer {
  token: string
  refreshToken?: unknown
  expiresIn?: unknown
  scope?: unknown
}
