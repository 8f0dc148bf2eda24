import { BoundedRequest, type ProviderAnswer } from '#protocol/bounded_request'
import type { ConsentItem } from '#protocol/consent_item'
import type { DeveloperConsole } from '#protocol/developer_console'
import { Driver } from '#protocol/driver'
import { ProtocolFailure, type ProtocolFailureName } from '#protocol/failure'
import { readKakaoNotice } from '#protocol/notices/kakao'
import {
  httpsUrlOf,
  objectOf,
  shortTextOf,
  textOf,
  type Absence,
  type Person,
} from '#protocol/person'
import { subjectOf } from '#protocol/subject'
import type { KeptTokens } from '#protocol/token_set'

/**
 * What Kakao's error codes mean to us (docs/protocol/kakao.md#token-errors). Only the codes
 * count: its descriptions may change, and they echo what was sent.
 */
const TOKEN_FAILURES = new Map<string, ProtocolFailureName>([
  ['KOE010', 'secret_refused'],
  ['KOE101', 'client_unknown'],
  ['KOE237', 'provider_busy'],
  ['KOE303', 'redirect_uri_refused'],
  ['KOE320', 'code_refused'],
  ['KOE322', 'grant_gone'],
])

/** kapi's codes for "not now" (docs/protocol/kakao.md#api-errors). */
const API_FAILURES = new Map<string, ProtocolFailureName>([
  ['-1', 'provider_unavailable'],
  ['-7', 'provider_unavailable'],
  ['-9798', 'provider_unavailable'],
  ['-10', 'provider_busy'],
])

/** No person with this id is linked to the application (docs/protocol/kakao.md#api-errors). */
const NOT_LINKED = '-101'

/** This item cannot be withdrawn, or was never given (docs/protocol/kakao.md#api-errors). */
const KEEPS_ITEM = ['-3', '-2']

/* Documentation pages on the codes, on who may have which item, and on webhooks. */
const TROUBLE = 'https://developers.kakao.com/docs/latest/ko/kakaologin/trouble-shooting'
const PREREQUISITES = 'https://developers.kakao.com/docs/latest/ko/kakaologin/prerequisite'
const WEBHOOKS = 'https://developers.kakao.com/docs/latest/ko/kakaologin/callback'

/** Kakao Login: OAuth 2 with PKCE and state (docs/protocol/kakao.md). */
export class KakaoDriver extends Driver {
  static readonly origins = { auth: 'https://kauth.kakao.com', api: 'https://kapi.kakao.com' }
  static readonly defaults = { label: '카카오', emailPolicy: 'provider_says', scopes: [] } as const
  static readonly pkce = true
  static readonly scopeSeparator = ','
  static readonly ownDomains = ['kakao.com'] as const
  /* An app can have several REST keys (kakao.md#authorization), each with an optional secret. */
  static readonly clientIdIsApplication = false
  static readonly secretOptional = true
  /* The ids of its consent items (docs/protocol/kakao.md#other-calls), and `openid`. */
  static readonly scopes = [
    ...['openid', 'profile_nickname', 'profile_image', 'profile', 'account_email', 'name'],
    ...['gender', 'age_range', 'birthday', 'birthyear', 'phone_number', 'account_ci'],
    ...['legal_name', 'legal_birth_date', 'legal_gender', 'shipping_address'],
    ...['friends', 'talk_message', 'talk_calendar', 'plusfriends'],
  ] as const
  static readonly readNotice = readKakaoNotice
  /* It lives for two months; a refresh in the second month brings a new one (kakao.md#tokens). */
  static readonly refreshTokenDays = 29
  static readonly listsRefusals = true
  static readonly fieldsBehind = {
    account_email: 'email',
    profile_nickname: 'name',
    name: 'name',
  } as const
  /* See docs/protocol/kakao.md#console. */
  static readonly console: DeveloperConsole = {
    url: 'https://developers.kakao.com',
    steps: [
      { name: 'login_on', page: PREREQUISITES, isProvenBySignIn: true },
      {
        name: 'redirect_uri',
        page: PREREQUISITES,
        address: 'callback',
        isProvenBySignIn: true,
      },
      { name: 'client_secret', page: PREREQUISITES, isProvenBySignIn: true },
      { name: 'business_app', page: PREREQUISITES, neededFor: 'email' },
      { name: 'consent_items', page: PREREQUISITES },
      { name: 'automatic_link', page: PREREQUISITES },
      { name: 'not_a_test_app', page: TROUBLE },
      { name: 'unlink_webhook', page: WEBHOOKS, address: 'unlink_notice' },
    ],
    scopes: 'must_be_set_up',
    hasAdminKey: true,
  }
  static readonly diagnosed = {
    'KOE004': PREREQUISITES,
    'KOE005': TROUBLE,
    'KOE006': PREREQUISITES,
    'KOE010': TROUBLE,
    'KOE101': TROUBLE,
    'KOE205': PREREQUISITES,
    'KOE237': TROUBLE,
    'KOE303': PREREQUISITES,
    'KOE320': TROUBLE,
    '-401': TROUBLE,
    'missing_fields': PREREQUISITES,
    'sign_up_incomplete': PREREQUISITES,
  }
  static readonly silent = ['KOE006', 'KOE101', 'KOE205', 'KOE004', 'KOE005']

  protected authorizeUrl = `${this.client.origins.auth}/oauth/authorize`
  protected accessTokenUrl = `${this.client.origins.auth}/oauth/token`
  /* Without secure_resource the pictures are http:// and are blocked on an https page. */
  protected profileUrl = `${this.client.origins.api}/v2/user/me?secure_resource=true`

  /** A REST key does not name its app, but a token does (docs/protocol/kakao.md#other-calls). */
  async application(accessToken: string): Promise<string | null> {
    const url = `${this.client.origins.api}/v1/user/access_token_info`
    const { status, body } = await this.asPerson(url, accessToken).get()
    if (status !== 200) throw apiFailure(status, body)
    return subjectOf(body.app_id)
  }

  /** Only the items the person left out: naming one the app has not set up ends in KOE205. */
  protected askAgain(items: string[]) {
    return { scope: items.join(',') }
  }

  protected signInAgain() {
    return { prompt: 'login' }
  }

  protected readTokenAnswer({ status, body }: ProviderAnswer) {
    const code = String(body.error_code ?? '')
    if (code || body.error || status !== 200) {
      throw new ProtocolFailure(TOKEN_FAILURES.get(code) ?? 'token_refused', code || status)
    }
    return body
  }

  async endLink({ accessToken }: KeptTokens) {
    if (accessToken === null) throw new ProtocolFailure('token_refused')
    await this.#unlink(this.asPerson(this.#unlinkUrl, accessToken))
  }

  async endLinkBySubject(subject: string, adminKey: string) {
    const request = new BoundedRequest(this.#unlinkUrl)
    request.header('Authorization', `KakaoAK ${adminKey}`)
    request.field('target_id_type', 'user_id').field('target_id', subject)
    await this.#unlink(request)
  }

  async consents(accessToken: string) {
    const url = `${this.client.origins.api}/v2/user/scopes`
    const answer = await this.asPerson(url, accessToken).get()
    if (answer.status !== 200) throw callFailure(answer)
    return readScopes(answer.body)
  }

  async withdrawConsent(accessToken: string, item: string) {
    const url = `${this.client.origins.api}/v2/user/revoke/scopes`
    const request = this.asPerson(url, accessToken)
    request.field('scopes', JSON.stringify([item]))
    const answer = await request.post()
    if (KEEPS_ITEM.includes(String(answer.body.code ?? ''))) return null
    if (answer.status !== 200) throw callFailure(answer)
    return readScopes(answer.body)
  }

  get #unlinkUrl() {
    return `${this.client.origins.api}/v1/user/unlink`
  }

  async #unlink(request: BoundedRequest) {
    const answer = await request.post()
    if (answer.status === 200 || String(answer.body.code ?? '') === NOT_LINKED) return
    throw callFailure(answer)
  }

  protected readPerson({ status, body }: ProviderAnswer): Person {
    if (status !== 200) throw apiFailure(status, body)
    const subject = subjectOf(body.id)
    if (subject === null) throw new ProtocolFailure('answer_unreadable', status)

    const account = objectOf(body.kakao_account)
    const person = objectOf(account.profile)
    return {
      subject,
      email: textOf(account.email),
      emailStatus: emailStatusOf(account),
      /* Automatic linking is off, and Kakao was not told about the sign-up (kakao.md#profile). */
      ...(body.has_signed_up === false && { warning: 'sign_up_incomplete' }),
      realName: textOf(account.name),
      nickname: person.is_default_nickname === true ? null : textOf(person.nickname),
      avatarUrl: httpsUrlOf(person.profile_image_url),
      askable: {
        ...(account.email_needs_agreement === true && { email: 'account_email' }),
        ...this.#askableName(account),
      },
      absences: {
        email: this.#absence([account.email_needs_agreement], ['account_email']),
        name: this.#absence(
          [
            account.profile_nickname_needs_agreement ?? account.profile_needs_agreement,
            account.name_needs_agreement,
          ],
          ['profile_nickname', 'name']
        ),
      },
    }
  }

  /**
   * Why an item is absent. For each item that the app has set up, Kakao says whether the
   * person still has to agree to it; it does not mention any others (kakao.md#profile).
   */
  #absence(needAgreement: unknown[], items: string[]): Absence {
    const { scopes } = this.client
    if (needAgreement.every((need) => need === undefined)) return 'not_set_up'
    if (!needAgreement.includes(true)) return 'not_there'
    const isRequested = scopes.length === 0 || items.some((item) => scopes.includes(item))
    return isRequested ? 'not_consented' : 'not_requested'
  }

  /** The real name needs a permission that few apps have; the nickname serves just as well. */
  #askableName(account: Record<string, unknown>) {
    if (
      account.profile_nickname_needs_agreement === true ||
      account.profile_needs_agreement === true
    ) {
      return { name: 'profile_nickname' }
    }
    return account.name_needs_agreement === true ? { name: 'name' } : {}
  }
}

/** "Valid" means not taken over by another account. Both must be true (kakao.md#profile). */
function emailStatusOf(account: Record<string, unknown>): Person['emailStatus'] {
  if (account.is_email_valid === false) return 'lost'
  const isProved = account.is_email_valid === true && account.is_email_verified === true
  return isProved ? 'verified' : 'unverified'
}

/* An app can have about thirty items; the consents must fit where they are stored. */
const MOST_SCOPES = 200

/** Reads `/v2/user/scopes` and `/v2/user/revoke/scopes` (docs/protocol/kakao.md#other-calls). */
function readScopes({ scopes }: Record<string, unknown>): ConsentItem[] {
  if (!Array.isArray(scopes) || scopes.length > MOST_SCOPES) {
    throw new ProtocolFailure('answer_unreadable')
  }
  return scopes.map(objectOf).flatMap(({ id, display_name: label, using, agreed, revocable }) => {
    const name = shortTextOf(id, 60)
    /* An item that the app no longer uses and the person never gave does not matter. */
    if (name === null || (using !== true && agreed !== true)) return []
    return {
      id: name,
      label: textOf(label),
      agreed: agreed === true,
      withdrawable: agreed === true && revocable === true,
    }
  })
}

function apiFailure(status: number, body: ProviderAnswer['body']) {
  const code = String(body.code ?? '')
  return new ProtocolFailure(API_FAILURES.get(code) ?? 'profile_refused', code || status)
}

/** The same for calls that are worth retrying with another token. */
function callFailure({ status, body }: ProviderAnswer) {
  const failure = apiFailure(status, body)
  const isRefused = status === 401 && failure.failure === 'profile_refused'
  return isRefused ? new ProtocolFailure('token_refused', failure.providerCode) : failure
}
