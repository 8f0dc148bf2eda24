import type { RedirectRequest } from '@adonisjs/ally'
import type { ApiRequestContract } from '@adonisjs/ally/types'
import type { ProviderAnswer } from '#social/bounded_request'
import type { DeveloperConsole } from '#social/developer_console'
import { SocialDriver } from '#social/driver'
import { SocialFailure, type FailureName } from '#social/failure'
import { emailOf, httpsUrlOf, nameOf, objectOf, subjectOf, type Profile } from '#social/profile'

/**
 * Naver says `invalid_request` for everything; the two texts below are what
 * tells its cases apart (protocol.md A.4).
 */
const TOKEN_FAILURES = new Map<string, FailureName>([
  ['wrong client id / client secret pair', 'secret_refused'],
  ['no valid data in session', 'code_refused'],
  ['server_error', 'provider_unavailable'],
  ['temporarily_unavailable', 'provider_unavailable'],
])

/** An unset nickname is the login id, cut off and starred (protocol.md A.5). */
const DEFAULT_NICKNAME = /^.{1,20}\*{2,}$/

/**
 * Naver Login, the older of its two stacks: `/oauth2.0`, without PKCE, so that
 * `state` is all there is against forged callbacks (protocol.md part A).
 */
export class NaverDriver extends SocialDriver {
  static readonly origins = { auth: 'https://nid.naver.com', api: 'https://openapi.naver.com' }
  static readonly defaults = { label: '네이버', emailPolicy: 'never' } as const
  static readonly ownDomains = ['naver.com'] as const
  static readonly clientIdIsApplication = true
  static readonly secretOptional = false
  /* Protocol.md A.8 and A.9. */
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

  protected usesPkce = false
  protected authorizeUrl = `${this.config.origins.auth}/oauth2.0/authorize`
  protected accessTokenUrl = `${this.config.origins.auth}/oauth2.0/token`
  protected profileUrl = `${this.config.origins.api}/v1/nid/me`

  /** Naver asks for everything left out; it cannot be told for what. */
  protected askAgain(request: RedirectRequest<string>) {
    request.param('auth_type', 'reprompt')
  }

  protected signInAgain(request: RedirectRequest<string>) {
    request.param('auth_type', 'reauthenticate')
  }

  /** Naver wants the state in the token call too (protocol.md A.3). */
  protected configureAccessTokenRequest(request: ApiRequestContract) {
    request.field('state', this.trip.state)
  }

  /** Errors come with HTTP 200, so the body alone decides (protocol.md A.4). */
  protected readTokenAnswer({ status, body }: ProviderAnswer) {
    if (body.error || status !== 200) {
      const error = String(body.error ?? '')
      const failure =
        TOKEN_FAILURES.get(String(body.error_description ?? '')) ?? TOKEN_FAILURES.get(error)
      throw new SocialFailure(failure ?? 'token_refused', error || status)
    }
    return body
  }

  protected readProfileAnswer({ status, body }: ProviderAnswer): Profile {
    if (status !== 200 || body.resultcode !== '00') {
      throw new SocialFailure('profile_refused', body.resultcode ?? body.errorCode ?? status)
    }
    const person = objectOf(body.response)
    const subject = subjectOf(person.id)
    if (subject === null) throw new SocialFailure('answer_unreadable', status)

    const nickname = nameOf(person.nickname)
    const ownNickname = nickname !== null && DEFAULT_NICKNAME.test(nickname) ? null : nickname
    const email = emailOf(person.email)
    const name = nameOf(person.name) ?? ownNickname
    return {
      subject,
      email,
      /* A contact address the person can edit; Naver never says it is proved (A.5). */
      emailStatus: 'unknown',
      name,
      nickname: ownNickname,
      avatarUrl: httpsUrlOf(person.profile_image),
      askable: {
        ...(email === null && { email: 'email' }),
        ...(name === null && { name: 'name' }),
      },
    }
  }
}
