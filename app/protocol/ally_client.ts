import { Oauth2Driver } from '@adonisjs/ally'
import type { Oauth2AccessToken } from '@adonisjs/ally/types'
import { BoundedRequest, type ProviderAnswer } from '#protocol/bounded_request'

type Request = ConstructorParameters<typeof Oauth2Driver>[0]

/* Ally's constructor stores a browser's request. The two steps below do not use it. */
const NO_REQUEST = new Proxy({} as Request, {
  get() {
    throw new Error('Ally asks for a request, and there is none')
  },
})

export interface AllyOptions {
  clientId: string
  clientSecret: string
  callbackUrl: string
  authorizeUrl: string
  accessTokenUrl: string
  scopeSeparator: string
  /** `null` where the provider does not take PKCE. */
  codeVerifier: string | null
  /** Returns the body of an answer that holds tokens; throws for any other answer. */
  readTokens: (answer: ProviderAnswer) => Record<string, unknown>
}

/**
 * Ally's OAuth 2 client, used for two steps of a trip: the authorization request, and the
 * exchange of a code for tokens. Ally keeps a trip's state in a cookie and reads the code
 * from the request. Here both come as arguments (decision 1), so no request exists, and
 * any part of Ally that asks for one throws.
 */
export class AllyClient extends Oauth2Driver<Oauth2AccessToken, string> {
  protected stateCookieName = ''
  protected stateParamName = 'state'
  protected errorParamName = 'error'
  protected codeParamName = 'code'
  protected scopeParamName = 'scope'
  protected scopesSeparator: string
  protected authorizeUrl: string
  protected accessTokenUrl: string
  readonly #hasSecret: boolean
  readonly #codeVerifier: string | null
  readonly #readTokens: AllyOptions['readTokens']

  constructor(options: AllyOptions) {
    super(NO_REQUEST, options)
    this.scopesSeparator = options.scopeSeparator
    this.authorizeUrl = options.authorizeUrl
    this.accessTokenUrl = options.accessTokenUrl
    this.#hasSecret = options.clientSecret !== ''
    this.#codeVerifier = options.codeVerifier
    this.#readTokens = options.readTokens
  }

  /** The address to send a browser to. */
  async authorizationUrl(scopes: string[], params: Record<string, string>): Promise<string> {
    return this.redirectUrl((request) => {
      if (scopes.length > 0) request.scopes(scopes)
      for (const [name, value] of Object.entries(params)) request.param(name, value)
    })
  }

  /** @param fields what the provider expects besides a code, a client and its secret */
  async exchange(code: string, fields: Record<string, string>): Promise<Oauth2AccessToken> {
    return this.getAccessToken((request) => {
      request.field(this.codeParamName, code)
      /* Ally sends an empty one for a client that has none, which is a wrong one. */
      if (!this.#hasSecret) request.clearField('client_secret')
      for (const [name, value] of Object.entries(fields)) request.field(name, value)
    })
  }

  protected httpClient(url: string) {
    return new BoundedRequest(url)
  }

  protected processClientResponse(_client: unknown, answer: ProviderAnswer) {
    return this.#readTokens(answer)
  }

  protected getPkceCodeVerifierForRedirect() {
    return this.#codeVerifier
  }

  protected getPkceCodeVerifierForAccessToken() {
    return this.#codeVerifier
  }

  /* Ally requires these methods too. They would read the request, and nothing calls them here. */

  accessDenied(): never {
    throw new Error('the callback is read by protocol/callback.ts')
  }

  async user(): Promise<never> {
    throw new Error('a person is read by their driver')
  }

  async userFromToken(): Promise<never> {
    throw new Error('a person is read by their driver')
  }
}
