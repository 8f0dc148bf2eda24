import type { RedirectRequest } from '@adonisjs/ally'
import type { ProviderAnswer } from '#social/bounded_request'
import type { DeveloperConsole } from '#social/developer_console'
import { SocialDriver } from '#social/driver'
import { SocialFailure, type FailureName } from '#social/failure'
import { emailOf, httpsUrlOf, nameOf, objectOf, subjectOf, type Profile } from '#social/profile'

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
])

/** kapi's codes for "not now" (protocol.md B.5). */
const API_FAILURES = new Map<string, FailureName>([
  ['-1', 'provider_unavailable'],
  ['-7', 'provider_unavailable'],
  ['-9798', 'provider_unavailable'],
  ['-10', 'provider_busy'],
])

const DOCS = 'https://developers.kakao.com/docs/latest/ko/kakaologin'

/** Kakao Login: OAuth 2 with PKCE and state (protocol.md part B). */
export class KakaoDriver extends SocialDriver {
  static readonly origins = { auth: 'https://kauth.kakao.com', api: 'https://kapi.kakao.com' }
  static readonly defaults = { label: '카카오', emailPolicy: 'provider_says' } as const
  static readonly ownDomains = ['kakao.com'] as const
  /* One app has several REST keys (B.1), each with a secret that can be switched off. */
  static readonly clientIdIsApplication = false
  static readonly secretOptional = true
  /* Protocol.md B.8 and B.9. */
  static readonly console: DeveloperConsole = {
    url: 'https://developers.kakao.com',
    steps: [
      { name: 'login_on', page: `${DOCS}/prerequisite`, isProvenBySignIn: true },
      {
        name: 'redirect_uri',
        page: `${DOCS}/prerequisite`,
        address: 'callback',
        isProvenBySignIn: true,
      },
      { name: 'client_secret', page: `${DOCS}/prerequisite`, isProvenBySignIn: true },
      { name: 'business_app', page: `${DOCS}/prerequisite`, neededFor: 'email' },
      { name: 'consent_items', page: `${DOCS}/prerequisite` },
      { name: 'not_a_test_app', page: `${DOCS}/trouble-shooting` },
      { name: 'unlink_webhook', page: `${DOCS}/callback`, address: 'unlink_notice' },
    ],
    scopes: 'must_be_set_up',
    hasAdminKey: true,
  }

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
