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
 * Naver answers `invalid_request` for everything; only the first two texts below
 * distinguish its cases (docs/protocol/naver.md#token-errors).
 */
const TOKEN_FAILURES = new Map<string, ProtocolFailureName>([
  ['wrong client id / client secret pair', 'secret_refused'],
  ['no valid data in session', 'code_refused'],
  ['server_error', 'provider_unavailable'],
  ['temporarily_unavailable', 'provider_unavailable'],
])

/** The access token is not valid (docs/protocol/naver.md#profile). */
const TOKEN_NOT_GOOD = '024'

/** An unset nickname is the login id, truncated and starred (docs/protocol/naver.md#profile). */
const DEFAULT_NICKNAME = /^.{1,20}\*{2,}$/

/**
 * Naver Login on the older of its two stacks: `/oauth2.0`, without PKCE, so `state` is the
 * only protection against forged callbacks (docs/protocol/naver.md).
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

  /** Naver asks for everything left out; it does not let us name items. */
  protected askAgain() {
    return { auth_type: 'reprompt' }
  }

  protected signInAgain() {
    return { auth_type: 'reauthenticate' }
  }

  /** Naver expects the state in the token call too (docs/protocol/naver.md#tokens). */
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
   * Naver has no error for "the link has ended". The closest sign is that it refuses both
   * the refresh token and the access token (docs/protocol/naver.md#token-errors,
   * naver.md#profile); either refusal alone may be temporary.
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

  /** @returns `false` even when Naver does not answer, because silence proves nothing */
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
   * Revoking the refresh token, which outlives its access token, ends that one too. Naver
   * answers the same for a token it no longer knows as for one it has just revoked
   * (docs/protocol/naver.md#ending-a-link).
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

  /** Lists only what was agreed to; Naver does not say what was left out (naver.md#consent). */
  async consents(accessToken: string): Promise<ConsentItem[]> {
    const url = `${this.client.origins.api}/v1/nid/verify?info=true`
    const { status, body } = await this.asPerson(url, accessToken).get()
    if (status !== 200 || body.resultcode !== '00') {
      const failure = status === 401 ? 'token_refused' : 'profile_refused'
      throw new ProtocolFailure(failure, body.resultcode ?? body.errorCode ?? status)
    }
    /* The format of the items is not documented, so anything that could be a name counts as one. */
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
      /* A contact address the person can edit; Naver never calls it proved (naver.md#profile). */
      emailStatus: 'unknown',
      realName: textOf(person.name),
      nickname: nickname !== null && DEFAULT_NICKNAME.test(nickname) ? null : nickname,
      avatarUrl: httpsUrlOf(person.profile_image),
      askable: { email: 'email', name: 'name' },
    }
  }
}

/** Whether the token itself was refused, as opposed to a wrong secret or a server in trouble. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof ProtocolFailure && ['token_refused', 'code_refused'].includes(error.failure)
  )
}
