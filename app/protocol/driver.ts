import { randomBytes } from 'node:crypto'
import { AllyClient } from '#protocol/ally_client'
import { BoundedRequest, type ProviderAnswer } from '#protocol/bounded_request'
import type { ConsentItem } from '#protocol/consent_item'
import type { Origins, ProviderDescription } from '#protocol/description'
import { ProtocolFailure } from '#protocol/failure'
import { readIdToken, type IdTokenClaims } from '#protocol/id_token'
import type { Person } from '#protocol/person'
import { scopesOf, tokenOf, type KeptTokens, type TokenSet } from '#protocol/token_set'

/** The client that a driver speaks for, from the rows of this moment. */
export interface ClientConfig {
  /** Empty where no credential is left. */
  clientId: string
  /** Empty where the client has none. */
  clientSecret: string
  /** Where the provider sends people back to. */
  callbackUrl: string
  origins: Origins
  /** What is asked for; empty: what the provider's console says. */
  scopes: string[]
}

/** The secrets of one trip, which only its browser can bring back. */
export interface TripSecrets {
  state: string
  codeVerifier: string
  /** For an ID token, which has to bring it back. */
  nonce: string
}

/** What a code was exchanged for. */
export interface Issued {
  tokens: TokenSet
  /** Of the ID token, verified; `null` where the provider does not speak OpenID Connect. */
  claims: IdTokenClaims | null
}

/** How a trip should differ from a plain sign-in. */
export interface AuthorizeOptions {
  /** What the provider should ask for again, in its own terms (`Person.askable`). */
  askFor?: string[]
  /** The person should prove to the provider once more who they are. */
  signInAgain?: boolean
}

/** Speaks for one client; its static side describes the provider. */
export interface DriverClass extends ProviderDescription {
  new (client: ClientConfig): Driver
}

/**
 * The base of all drivers: the protocol of one provider, spoken for one client. What a
 * step needs comes as arguments, what it gives is returned, and what fails has a name. A
 * driver knows no request, no row and no other trip.
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

  /** What a repeated consent request has in its address; a `scope` replaces the client's. */
  protected abstract askAgain(items: string[]): Record<string, string>

  /** The same for a request that has everybody sign in, also those signed in there. */
  protected abstract signInAgain(): Record<string, string>

  /** What the provider wants with a code besides what RFC 6749 names. */
  protected exchangeFields(_trip: TripSecrets): Record<string, string> {
    return {}
  }

  /**
   * Decides about an answer of the token endpoint.
   * @throws ProtocolFailure unless it is one that holds tokens
   */
  protected abstract readTokenAnswer(answer: ProviderAnswer): Record<string, unknown>

  /** @throws ProtocolFailure unless the answer describes a person */
  protected abstract readPerson(answer: ProviderAnswer): Person

  /**
   * Ends the link between a person and this application at the provider; one that
   * has ended already counts as ended.
   *
   * @throws ProtocolFailure `token_refused` when no token given is good for that
   */
  abstract endLink(tokens: KeptTokens): Promise<void>

  /**
   * The same without a token, where the provider takes an administrator's key.
   *
   * @throws ProtocolFailure `token_refused` when it does not take this key
   */
  endLinkBySubject?(subject: string, adminKey: string): Promise<void>

  /**
   * What the person agreed to let this service have.
   * @throws ProtocolFailure `token_refused` when the token is not good any more
   */
  abstract consents(accessToken: string): Promise<ConsentItem[]>

  /**
   * Takes back one item, where the provider lets people do so.
   *
   * @returns what is agreed after that; `null` when the provider keeps this item
   * @throws ProtocolFailure `token_refused` when the token is not good any more
   */
  withdrawConsent?(accessToken: string, item: string): Promise<ConsentItem[] | null>

  /** The address to send the browser of a trip to. */
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
   * Exchanges a code that came with the state of this trip (`trip/arrival.ts`), once.
   * @throws ProtocolFailure `id_token_refused` when the provider speaks OpenID Connect and
   *   its ID token is not of this trip
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
   * Asks for another access token.
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
   * Tells right keys from wrong ones without anybody signing in: a provider
   * looks at the client first, so right keys fail for an invented code alone.
   *
   * @throws ProtocolFailure `client_unknown` or `secret_refused` for wrong keys, and
   *   any other one where the provider did not tell
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
    /* A provider that takes any code may take any keys as well. */
    throw new ProtocolFailure('answer_unreadable')
  }

  /**
   * Which application a token was issued to, in the provider's words.
   *
   * @returns `null` when the provider does not say
   * @throws ProtocolFailure
   */
  async application(_accessToken: string): Promise<string | null> {
    return this.#description.clientIdIsApplication ? this.client.clientId : null
  }

  /**
   * Asks who the token belongs to; again once if no connection came about.
   *
   * @param claims of the ID token that came with it
   * @throws ProtocolFailure `id_token_refused` when that is of somebody else
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

  /** A request in the name of the person whom a token belongs to. */
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
      /* Naver sends "3600" as text; what is no sensible number of seconds is unknown. */
      expiresIn: Number.isInteger(seconds) && seconds > 0 && seconds < 1e9 ? seconds : null,
      scopes: typeof scope === 'string' ? scopesOf(scope) : null,
      clientId: this.client.clientId,
    }
  }
}

/** What a token endpoint says, before it is looked at closely. */
interface TokenAnswer {
  token: string
  refreshToken?: unknown
  expiresIn?: unknown
  scope?: unknown
}
