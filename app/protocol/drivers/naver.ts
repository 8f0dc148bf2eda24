import { BoundedRequest, type ProviderAnswer } from '#protocol/bounded_request'
import type { ConsentItem } from '#protocol/consent_item'
import type { DeveloperConsole } from '#protocol/developer_console'
import { Driver, type TripSecrets } from '#protocol/driver'
import { ProtocolFailure, type ProtocolFailureName } from '#protocol/failure'
import { readNaverNotice } from '#protocol/notices/naver'
import { httpsUrlOf, objectOf, shortTextOf, textOf, type Person } from '#protocol/person'
import { subjectOf } from '#protocol/subject'
import type { KeptTokens, TokenSet } from '#protocol/token_set'

/**
 * Naver says `invalid_request` for everything; the two texts below are what
 * tells its cases apart (docs/protocol/naver.md#token-errors).
 */
const TOKEN_FAILURES = new Map<string, ProtocolFailureName>([
  ['wrong client id / client secret pair', 'secret_refused'],
  ['no valid data in session', 'code_refused'],
  ['server_error', 'provider_unavailable'],
  ['temporarily_unavailable', 'provider_unavailable'],
])

/** The access token is not good (docs/protocol/naver.md#profile). */
const TOKEN_NOT_GOOD = '024'

/** An unset nickname is the login id, cut off and starred (docs/protocol/naver.md#profile). */
const DEFAULT_NICKNAME = /^.{1,20}\*{2,}$/

/**
 * Naver Login, the older of its two stacks: `/oauth2.0`, without PKCE, so that
 * `state` is all there is against forged callbacks (docs/protocol/naver.md).
 */
export class NaverDriver extends Driver {
  static readonly origins = { auth: 'https://nid.naver.com', api: 'https://openapi.naver.com' }
  static readonly defaults = { label: '네이버', emailPolicy: 'never', scopes: [] } as const
  static readonly pkce = false
  static readonly ownDomains = ['naver.com'] as const
  static readonly clientIdIsApplication = true
  static readonly secretOptional = false
  /* See docs/protocol/naver.md#console. */
  static readonly console: DeveloperConsole = {
    url: 'https://developers.naver.com',
    steps: [
      { name: 'items' },
      { name: 'environments', address: 'site' },
      { name: 'callback_url', address: 'callback' },
      { name: 'unlink_callback', address: 'unlink_notice' },
      { name: 'testers' },
      { name: 'review' },
    ],
    scopes: 'ignored',
    hasAdminKey: false,
  }
  static readonly diagnosed = {
    'error_page': null,
    'secret_refused': null,
    'code_refused': null,
    '024': null,
    '403': null,
    '429': null,
    'missing_fields': null,
  }
  static readonly silent = ['error_page']
  static readonly readNotice = readNaverNotice
  static readonly refreshTokenDays = null
  static readonly listsRefusals = false
  static readonly fieldsBehind = {}

  protected authorizeUrl = `${this.client.origins.auth}/oauth2.0/authorize`
  protected accessTokenUrl = `${this.client.origins.auth}/oauth2.0/token`
  protected profileUrl = `${this.client.origins.api}/v1/nid/me`

  /** Naver asks for everything left out; it cannot be told for what. */
  protected askAgain() {
    return { auth_type: 'reprompt' }
  }

  protected signInAgain() {
    return { auth_type: 'reauthenticate' }
  }

  /** Naver wants the state in the token call too (docs/protocol/naver.md#tokens). */
  protected exchangeFields({ state }: TripSecrets) {
    return { state }
  }

  /** Errors come with HTTP 200, so the body alone decides (docs/protocol/naver.md#token-errors). */
  protected readTokenAnswer({ status, body }: ProviderAnswer) {
    if (body.error || status !== 200) {
      const error = String(body.error ?? '')
      const failure =
        TOKEN_FAILURES.get(String(body.error_description ?? '')) ?? TOKEN_FAILURES.get(error)
      throw new ProtocolFailure(failure ?? 'token_refused', error || status)
    }
    return body
  }

  /**
   * Naver has no word for "the link has ended". A refresh token that it refuses,
   * together with an access token that it does not take, is as near as one gets
   * (docs/protocol/naver.md#token-errors, naver.md#profile); either alone may be a fault of the moment.
   */
  async refresh(kept: KeptTokens): Promise<TokenSet> {
    try {
      return await super.refresh(kept)
    } catch (error) {
      if (isRefusal(error) && (await this.#isRejected(kept.accessToken))) {
        throw new ProtocolFailure('grant_gone', TOKEN_NOT_GOOD)
      }
      throw error
    }
  }

  /** @returns `false` also when Naver does not answer: silence proves nothing */
  async #isRejected(accessToken: string | null): Promise<boolean> {
    if (accessToken === null) return false
    try {
      await this.person(accessToken)
      return false
    } catch (error) {
      return error instanceof ProtocolFailure && error.providerCode === TOKEN_NOT_GOOD
    }
  }

  /**
   * The refresh token ends its access token too, and outlives it. Of a token that
   * Naver does not know any more it says the same as of one that it has just
   * revoked (docs/protocol/naver.md#ending-a-link).
   */
  async endLink({ accessToken, refreshToken }: KeptTokens) {
    this.insistOnClient()
    const token = refreshToken ?? accessToken
    if (token === null) throw new ProtocolFailure('token_refused')

    const url = `${this.client.origins.auth}/oauth2.0/revoke`
    const request = new BoundedRequest(url, { mayBeEmpty: true })
    request.field('client_id', this.client.clientId)
    request.field('client_secret', this.client.clientSecret)
    request.field('token', token)
    request.field('token_type_hint', refreshToken === null ? 'access_token' : 'refresh_token')
    const { status, body } = await request.post()
    if (status === 200) return
    throw new ProtocolFailure(status === 401 ? 'secret_refused' : 'token_refused', body.error)
  }

  /** Names what was agreed to and nothing else: what was left out stays unsaid (naver.md#consent). */
  async consents(accessToken: string): Promise<ConsentItem[]> {
    const url = `${this.client.origins.api}/v1/nid/verify?info=true`
    const { status, body } = await this.asPerson(url, accessToken).get()
    if (status !== 200 || body.resultcode !== '00') {
      const failure = status === 401 ? 'token_refused' : 'profile_refused'
      throw new ProtocolFailure(failure, body.resultcode ?? body.errorCode ?? status)
    }
    /* How the items are written is not known; anything that could be a name is taken for one. */
    const allowed = shortTextOf(objectOf(body.response).allowed_profile) ?? ''
    return allowed
      .split(',')
      .map((item) => item.trim())
      .filter((item) => /^[\w.-]{1,60}$/.test(item))
      .map((id) => ({ id, label: null, agreed: true, withdrawable: false }))
  }

  protected readPerson({ status, body }: ProviderAnswer): Person {
    if (status !== 200 || body.resultcode !== '00') {
      throw new ProtocolFailure('profile_refused', body.resultcode ?? body.errorCode ?? status)
    }
    const person = objectOf(body.response)
    const subject = subjectOf(person.id)
    if (subject === null) throw new ProtocolFailure('answer_unreadable', status)

    const nickname = textOf(person.nickname)?.trim() ?? null
    return {
      subject,
      email: textOf(person.email),
      /* A contact address the person can edit; Naver never says it is proved (naver.md#profile). */
      emailStatus: 'unknown',
      realName: textOf(person.name),
      nickname: nickname !== null && DEFAULT_NICKNAME.test(nickname) ? null : nickname,
      avatarUrl: httpsUrlOf(person.profile_image),
      askable: { email: 'email', name: 'name' },
    }
  }
}

/** Refused for what it is, and not for a wrong secret or a server that is unwell. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof ProtocolFailure && ['token_refused', 'code_refused'].includes(error.failure)
  )
}
