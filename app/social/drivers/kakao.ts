import type { RedirectRequest } from '@adonisjs/ally'
import type { BoundedRequest, ProviderAnswer } from '#social/bounded_request'
import type { ConsentItem } from '#social/consent_item'
import { SocialDriver } from '#social/driver'
import { SocialFailure, type FailureName } from '#social/failure'
import { readKakaoNotice } from '#social/notices/kakao'
import {
  emailOf,
  httpsUrlOf,
  nameOf,
  objectOf,
  subjectOf,
  textOf,
  type Profile,
} from '#social/profile'
import type { KeptTokens } from '#social/token_set'

/**
 * What Kakao's error codes mean to us (protocol.md B.3). Its descriptions may
 * change and echo what was sent; only the codes count.
 */
const TOKEN_FAILURES = new Map<string, FailureName>([
  ['KOE010', 'secret_refused'],
  ['KOE101', 'client_unknown'],
  ['KOE237', 'provider_busy'],
  ['KOE303', 'redirect_uri_refused'],
  ['KOE320', 'code_refused'],
  ['KOE322', 'grant_gone'],
])

/** kapi's codes for "not now" (protocol.md B.5). */
const API_FAILURES = new Map<string, FailureName>([
  ['-1', 'provider_unavailable'],
  ['-7', 'provider_unavailable'],
  ['-9798', 'provider_unavailable'],
  ['-10', 'provider_busy'],
])

/** Nobody of this id is linked to the application (protocol.md B.5). */
const NOT_LINKED = '-101'

/** This item cannot be taken back, or was not given (protocol.md B.5, B.6). */
const KEEPS_ITEM = ['-3', '-2']

/** Kakao Login: OAuth 2 with PKCE and state (protocol.md part B). */
export class KakaoDriver extends SocialDriver {
  static readonly origins = { auth: 'https://kauth.kakao.com', api: 'https://kapi.kakao.com' }
  static readonly defaults = { label: '카카오', emailPolicy: 'provider_says' } as const
  static readonly ownDomains = ['kakao.com'] as const
  /* One app has several REST keys (B.1), each with a secret that can be switched off. */
  static readonly clientIdIsApplication = false
  static readonly secretOptional = true
  static readonly readNotice = readKakaoNotice
  /* Two months, and a new one comes with each refresh in the last of them (B.2). */
  static readonly refreshTokenDays = 29
  static readonly listsRefusals = true
  static readonly fieldsBehind = {
    account_email: 'email',
    profile_nickname: 'name',
    name: 'name',
  } as const

  protected usesPkce = true
  protected authorizeUrl = `${this.config.origins.auth}/oauth/authorize`
  protected accessTokenUrl = `${this.config.origins.auth}/oauth/token`
  /* Without secure_resource the pictures are http:// and blocked in an https page. */
  protected profileUrl = `${this.config.origins.api}/v2/user/me?secure_resource=true`

  /** Only the items the person left out: naming one the app has not set up ends in KOE205. */
  protected askAgain(request: RedirectRequest<string>, askFor: string[]) {
    request.clearScopes().scopes(askFor)
  }

  protected signInAgain(request: RedirectRequest<string>) {
    request.param('prompt', 'login')
  }

  protected readTokenAnswer({ status, body }: ProviderAnswer) {
    const code = String(body.error_code ?? '')
    if (code || body.error || status !== 200) {
      throw new SocialFailure(TOKEN_FAILURES.get(code) ?? 'token_refused', code || status)
    }
    return body
  }

  async endLink({ accessToken }: KeptTokens) {
    if (accessToken === null) throw new SocialFailure('token_refused')
    await this.#unlink(this.asPerson(this.#unlinkUrl, accessToken))
  }

  async endLinkBySubject(subject: string, adminKey: string) {
    const request = this.httpClient(this.#unlinkUrl)
    request.header('Authorization', `KakaoAK ${adminKey}`)
    request.field('target_id_type', 'user_id').field('target_id', subject)
    await this.#unlink(request)
  }

  async consents(accessToken: string) {
    const url = `${this.config.origins.api}/v2/user/scopes`
    const answer = await this.asPerson(url, accessToken).get()
    if (answer.status !== 200) throw this.#apiFailure(answer)
    return readScopes(answer.body)
  }

  async withdrawConsent(accessToken: string, item: string) {
    const url = `${this.config.origins.api}/v2/user/revoke/scopes`
    const request = this.asPerson(url, accessToken)
    request.field('scopes', JSON.stringify([item]))
    const answer = await request.post()
    if (KEEPS_ITEM.includes(String(answer.body.code ?? ''))) return null
    if (answer.status !== 200) throw this.#apiFailure(answer)
    return readScopes(answer.body)
  }

  get #unlinkUrl() {
    return `${this.config.origins.api}/v1/user/unlink`
  }

  async #unlink(request: BoundedRequest) {
    const answer = await request.post()
    if (answer.status === 200 || String(answer.body.code ?? '') === NOT_LINKED) return
    throw this.#apiFailure(answer)
  }

  #apiFailure({ status, body }: ProviderAnswer) {
    const code = String(body.code ?? '')
    const failure = status === 401 ? 'token_refused' : 'profile_refused'
    return new SocialFailure(API_FAILURES.get(code) ?? failure, code || status)
  }

  protected readProfileAnswer({ status, body }: ProviderAnswer): Profile {
    if (status !== 200) {
      const code = String(body.code ?? '')
      throw new SocialFailure(API_FAILURES.get(code) ?? 'profile_refused', code || status)
    }
    const subject = subjectOf(body.id)
    if (subject === null) throw new SocialFailure('answer_unreadable', status)

    const account = objectOf(body.kakao_account)
    const person = objectOf(account.profile)
    const nickname = person.is_default_nickname === true ? null : nameOf(person.nickname)
    const email = emailOf(account.email)
    return {
      subject,
      email,
      /* Valid: not taken over by another account since. Both must be true (B.4). */
      emailStatus:
        account.is_email_valid === true && account.is_email_verified === true
          ? 'verified'
          : 'unverified',
      name: nameOf(account.name) ?? nickname,
      nickname,
      avatarUrl: httpsUrlOf(person.profile_image_url),
      askable: {
        ...(account.email_needs_agreement === true && { email: 'account_email' }),
        ...this.#askableName(account),
      },
    }
  }

  /** The real name needs a permission that few apps have; the nickname does as well. */
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

/** `/v2/user/scopes` and `/v2/user/revoke/scopes` (protocol.md B.6). */
function readScopes({ scopes }: Record<string, unknown>): ConsentItem[] {
  if (!Array.isArray(scopes)) throw new SocialFailure('answer_unreadable')
  return scopes.map(objectOf).flatMap(({ id, display_name: label, using, agreed, revocable }) => {
    const name = textOf(id, 60)
    /* What the application has stopped using and the person never gave is nobody's affair. */
    if (name === null || (using !== true && agreed !== true)) return []
    return {
      id: name,
      label: nameOf(label),
      agreed: agreed === true,
      withdrawable: agreed === true && revocable === true,
    }
  })
}
