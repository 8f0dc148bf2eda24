import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import type { TestPerson } from '#sandbox/people'
import type { ProviderCall } from '#sandbox/provider_call'
import {
  bearerToken,
  lastingBytes,
  Simulator,
  withQuery,
  type Grant,
  type SandboxApp,
  type SandboxRequest,
  type SandboxResponse,
  type SandboxRow,
  type Trip,
} from '#sandbox/simulator'

/* The consent items and their names in the console (docs/protocol/kakao.md#profile). */
const ITEM_NAMES: Record<string, string> = {
  account_email: '카카오계정(이메일)',
  name: '이름',
  profile_image: '프로필 사진',
  profile_nickname: '닉네임',
}

/* In seconds, as captures show them right after issue (kakao.md#tokens). */
const ACCESS_SECONDS = 21_599
const REFRESH_SECONDS = 5_183_999
const MONTH_SECONDS = 30 * 24 * 60 * 60

/* `cert` is known only from the SDK; `consent` is not known at all (kakao.md#authorization). */
const PROMPTS = ['login', 'none', 'create', 'select_account', 'cert']

/* The first two are Kakao's own wording (kakao.md#authorization); the others are guesses. */
const DESCRIPTIONS: Record<string, string> = {
  access_denied: 'User denied access',
  consent_required: 'user consent required.',
  login_required: 'user authentication required.',
  interaction_required: 'user interaction required.',
  server_error: 'server error.',
}

const ISSUER = 'https://kauth.kakao.com'
const USER_UNLINKED = 'https://schemas.openid.net/secevent/oauth/event-type/user-unlinked'

const NO_SUCH_TOKEN = '{"msg":"this access token does not exist","code":-401}'

/** Simulated Kakao: kauth and kapi in one, faithful to docs/protocol/kakao.md. */
export class SandboxKakao extends Simulator {
  readonly key = 'kakao'

  readonly row: SandboxRow = {
    label: '카카오',
    emailPolicy: 'provider_says',
    clientId: 'sandboxkakaorestapikey0000000001',
    clientSecrets: ['sandboxkakaoclientsecret00000001', 'sandboxkakaoclientsecret00000002'],
    adminKey: 'sandboxkakaoadminkey000000000001',
  }

  protected readonly authorizePath = '/oauth/authorize'

  protected readonly itemsBehind = {
    email: ['account_email'],
    name: ['name'],
    nickname: ['profile_nickname', 'profile_image'],
  }

  /* Without `name`: the real name needs a permission that most apps lack (kakao.md#profile). */
  protected readonly usualItems = ['account_email', 'profile_nickname', 'profile_image']

  protected readonly foreignMishaps = []

  protected readonly errors = Object.keys(DESCRIPTIONS)

  protected readonly endpoints = {
    '/oauth/token': (request: SandboxRequest) => this.#token(request),
    '/v2/user/me': (request: SandboxRequest) => this.#me(request),
    '/v2/user/scopes': (request: SandboxRequest) => this.#scopes(request),
    '/v2/user/revoke/scopes': (request: SandboxRequest) => this.#revokeScopes(request),
    '/v1/user/access_token_info': (request: SandboxRequest) => this.#tokenInfo(request),
    '/v1/user/logout': (request: SandboxRequest) => this.#logout(request),
    '/v1/user/unlink': (request: SandboxRequest) => this.#unlink(request),
    '/.well-known/jwks.json': () => this.#publicKeys(),
  }

  protected readonly notices = {
    webhook: (app: SandboxApp, subject: string) => this.#unlinkWebhook(app, subject),
    event: (app: SandboxApp, subject: string) => this.#unlinkEvent(app, subject),
    incomplete: (app: SandboxApp, subject: string) =>
      this.#unlinkWebhook(app, subject, 'INCOMPLETE_SIGN_UP'),
    incomplete_event: (app: SandboxApp, subject: string) =>
      this.#unlinkEvent(app, subject, 'INCOMPLETE_SIGN_UP'),
  }

  /* Generated on first use, because that takes a moment. */
  #keys: ReturnType<typeof newSigningKeys> | undefined

  /** A whole number as text; ordinary ones have ten digits (kakao.md#profile). */
  protected idOf(person: TestPerson, app: SandboxApp) {
    const number = lastingBytes(this.key, String(app.appId), person.slug).readUInt32BE()
    /* From 2^53 + 1 in steps of two: an odd number that size does not fit into a double. */
    if (person.hugeId) return String(2n ** 53n + 1n + 2n * BigInt(number))
    return String(3_000_000_000 + (number % 1_000_000_000))
  }

  /** Refusals at this point are Kakao's own pages, never redirects (kakao.md#authorization). */
  protected checkAuthorize(request: SandboxRequest): Trip | SandboxResponse {
    const { query } = request
    /* Only GET is documented; treating anything else as malformed is a guess. */
    if (request.method !== 'GET') return this.#refuse(request, 'KOE001')

    const clientId = query.get('client_id')
    const redirectUri = query.get('redirect_uri')
    const responseType = query.get('response_type')
    /* KOE207 for a missing parameter is documented; which parameters count is a guess. */
    if (!clientId || !redirectUri || !responseType) return this.#refuse(request, 'KOE207')

    const app = this.appOf(clientId)
    if (!app) return this.#refuse(request, 'KOE101')
    /* Kakao Login is off (KOE004), or a test app meets a person outside its team (KOE005). */
    if (app.refusal) return this.#refuse(request, app.refusal)
    if (!this.accepts(app, redirectUri)) return this.#refuse(request, 'KOE006')
    if (responseType === 'token') return this.#refuse(request, 'KOE202')
    if (responseType !== 'code') return this.#refuse(request, 'KOE201')

    /* Comma-separated as documented. Some clients send spaces; refusing those is a guess. */
    const scope = query.get('scope')?.split(',') ?? null
    if (scope?.some((item) => !app.items.includes(item))) return this.#refuse(request, 'KOE205')

    /* The answer to an unknown prompt, or to another challenge method, is a guess. */
    const prompts = query.get('prompt')?.split(',') ?? []
    if (prompts.some((prompt) => !PROMPTS.includes(prompt))) return this.#refuse(request, 'KOE204')
    const challenge = query.get('code_challenge')
    if (challenge !== null && query.get('code_challenge_method') !== 'S256') {
      return this.#refuse(request, 'KOE204')
    }

    const trip = { app, redirectUri, state: query.get('state'), challenge, reask: scope }
    /* Nobody is ever logged in at the sandbox, so a silent request cannot succeed. */
    if (prompts.includes('none')) {
      const location = this.comeBack(trip, { error: 'login_required' })
      return { status: 302, headers: { location, 'content-length': '0' }, body: '' }
    }
    return trip
  }

  /** Spaces become `%20`, and `state` appears only if it was sent (kakao.md#authorization). */
  protected comeBack({ redirectUri, state }: Trip, answer: { code: string } | { error: string }) {
    const pairs =
      'code' in answer
        ? [['code', answer.code]]
        : [
            ['error', answer.error],
            ['error_description', DESCRIPTIONS[answer.error]],
          ]
    if (state !== null) pairs.push(['state', state])
    const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    return withQuery(redirectUri, query)
  }

  #refuse(request: SandboxRequest, code: string) {
    const isBadRequest = ['KOE001', 'KOE204', 'KOE205', 'KOE207'].includes(code)
    const title = isBadRequest ? 'sandbox.refused_kakao_request' : 'sandbox.refused_kakao'
    return this.refusalPage(request, request.translate(title, { code }), code)
  }

  /** Parameters count only in a form body (kakao.md#tokens, kakao.md#token-errors). */
  #token({ method, form }: SandboxRequest): SandboxResponse {
    /* Only POST is documented; 405 is a guess. */
    if (method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: '' }

    const clientId = form.get('client_id')
    const app = this.appOf(clientId)
    if (!app) {
      return oauthError(401, 'invalid_client', `Not exist client_id [${clientId}]`, 'KOE101')
    }
    const secret = form.get('client_secret')
    if (app.clientSecrets.length > 0 && !app.clientSecrets.includes(secret ?? '')) {
      return badCredentials()
    }
    if (form.get('grant_type') === 'authorization_code') return this.#exchange(form, app)
    if (form.get('grant_type') === 'refresh_token') return this.#refresh(form, app)
    /* The code is documented; the two texts are guesses. */
    return oauthError(400, 'unsupported_grant_type', 'unsupported grant_type', 'KOE310')
  }

  #exchange(form: URLSearchParams, app: SandboxApp): SandboxResponse {
    const code = form.get('code') ?? ''
    const issued = this.lookUpCode(code)?.value
    /* Whether another key of the same app could use the code is unknown; refusing is a guess. */
    if (!issued || issued.grant.app.clientId !== app.clientId) {
      const description = `authorization code not found for code=${code}`
      return oauthError(400, 'invalid_grant', description, 'KOE320')
    }
    const { grant, trip } = issued

    /* This comes before the code is used up, so that the app can retry with its other secret. */
    if (grant.mishap === 'token_wrong_keys') return badCredentials()
    const accident = this.accident('token', grant.mishap)
    if (accident) return accident

    /* Using up the code even if one of these checks refuses it is a guess. */
    this.useUpCode(code)
    if (form.get('redirect_uri') !== trip.redirectUri) {
      return oauthError(400, 'invalid_grant', 'Redirect URI mismatch.', 'KOE303')
    }
    if (trip.challenge !== null && s256(form.get('code_verifier') ?? '') !== trip.challenge) {
      /* The refusal is certain; its wording is a guess. */
      return oauthError(400, 'invalid_grant', 'code_verifier mismatch', 'KOE320')
    }

    const scope = this.#agreed(grant).join(' ')
    const response = json(200, {
      access_token: this.#newAccessToken(grant),
      token_type: 'bearer',
      refresh_token: this.#newRefreshToken(grant),
      expires_in: ACCESS_SECONDS,
      /* Omitted when empty (kakao.md#tokens). */
      ...(scope && { scope }),
      refresh_token_expires_in: REFRESH_SECONDS,
    })
    return this.late('token', grant.mishap, response)
  }

  /** A new refresh token comes only in the old one's last month, and ends it (kakao.md#tokens). */
  #refresh(form: URLSearchParams, app: SandboxApp): SandboxResponse {
    const token = form.get('refresh_token')
    if (token === null) {
      /* The wording is unknown, so this is a guess. */
      return oauthError(400, 'invalid_grant', 'refresh_token is missing', 'KOE319')
    }
    const issued = this.refreshToken(token)
    if (!issued || issued.value.app.clientId !== app.clientId) {
      return oauthError(400, 'invalid_grant', 'expired_or_invalid_refresh_token', 'KOE322')
    }

    const grant = issued.value
    const answer = {
      access_token: this.#newAccessToken(grant),
      token_type: 'bearer',
      expires_in: ACCESS_SECONDS,
    }
    if (this.secondsLeft(issued) >= MONTH_SECONDS) return json(200, answer)

    this.endToken(token)
    /* The position of these two in the answer is a guess. */
    return json(200, {
      ...answer,
      refresh_token: this.#newRefreshToken(grant),
      refresh_token_expires_in: REFRESH_SECONDS,
    })
  }

  /** Simulates only the `secure_resource` option (kakao.md#profile). */
  #me(request: SandboxRequest): SandboxResponse {
    const subject = this.#whoseCall(request)
    if ('status' in subject) return subject
    const { app, person, mishap } = subject

    if (mishap === 'profile_refused') return noSuchToken()
    const accident = this.accident('profile', mishap)
    if (accident) return accident

    const consent = this.consentOf(app, person)!
    const has = (item: string) => app.items.includes(item)
    const agreed = (item: string) => has(item) && consent.items.has(item)

    const nickname = person.nickname ?? '닉네임을 등록해주세요'
    const secure = parameters(request).get('secure_resource') === 'true'
    /* Real images are on Kakao's CDN; the sandbox links to no outside server. */
    const image = (size: string) => {
      const name = person.hasPhoto ? person.slug : 'default_profile'
      return `http${secure ? 's' : ''}://img.example.com/dn/${name}/img_${size}.jpg`
    }

    /* Omitting each of these when its item is refused, and all when both are, is a guess. */
    const properties = {
      ...(agreed('profile_nickname') && { nickname }),
      ...(agreed('profile_image') && {
        profile_image: image('640x640'),
        thumbnail_image: image('110x110'),
      }),
    }
    const profile = {
      ...(agreed('profile_nickname') && { nickname }),
      ...(agreed('profile_image') && {
        thumbnail_image_url: image('110x110'),
        profile_image_url: image('640x640'),
        is_default_image: !person.hasPhoto,
      }),
      ...(agreed('profile_nickname') && { is_default_nickname: person.nickname === null }),
    }

    const email = mishap === 'no_email' ? null : person.email
    const account = {
      ...(has('profile_nickname') && {
        profile_nickname_needs_agreement: !agreed('profile_nickname'),
      }),
      ...(has('profile_image') && { profile_image_needs_agreement: !agreed('profile_image') }),
      ...(Object.keys(profile).length > 0 && { profile }),
      /* The documentation lists it before the e-mail; its position on the wire is a guess. */
      ...(has('name') && { name_needs_agreement: !agreed('name') }),
      ...(agreed('name') && { name: person.name }),
      ...(has('account_email') && {
        has_email: email !== null,
        email_needs_agreement: !agreed('account_email'),
      }),
      ...(agreed('account_email') &&
        email !== null && {
          is_email_valid: person.emailValid,
          is_email_verified: person.emailVerified,
          email,
        }),
    }

    const isLinked = app.linksAutomatically && mishap !== 'not_signed_up'
    const rest = {
      /* Sent only when automatic linking is off (kakao.md#profile); its position is a guess. */
      ...(!isLinked && { has_signed_up: false }),
      connected_at: new Date(consent.connectedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
      ...(Object.keys(properties).length > 0 && { properties }),
      kakao_account: account,
    }
    return this.late('profile', mishap, withId(this.idOf(person, app), rest))
  }

  /** Lists the person's consents (kakao.md#other-calls). */
  #scopes(request: SandboxRequest): SandboxResponse {
    const subject = this.#whoseCall(request)
    if ('status' in subject) return subject
    return this.#scopesOf(subject)
  }

  /** Refusing all items because of one is a guess (kakao.md#api-errors, kakao.md#other-calls). */
  #revokeScopes(request: SandboxRequest): SandboxResponse {
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: '' }
    const subject = this.#whoseCall(request)
    if ('status' in subject) return subject

    const items = listOf(request.form.get('scopes'))
    const consent = this.consentOf(subject.app, subject.person)!
    const given = (items ?? []).filter((item) => consent.items.has(item))
    if (items === null || given.length === 0) {
      const id = items?.join(',') ?? ''
      const msg = `There is no scopes to revoke. check out if given scope id([${id}]) is correct again.`
      return json(400, { msg, code: -2 })
    }
    const required = given.find((item) => subject.app.requiredItems.includes(item))
    if (required) {
      const msg = `[${required}] is not revocable. check out if it's set as required on developers.kakao.com`
      return json(403, { msg, code: -3 })
    }
    for (const item of given) consent.items.delete(item)
    return this.#scopesOf(subject)
  }

  #scopesOf({ app, person }: Grant): SandboxResponse {
    const consent = this.consentOf(app, person)!
    const scopes = app.items.map((id) => {
      const agreed = consent.items.has(id)
      return {
        id,
        display_name: ITEM_NAMES[id] ?? id,
        type: 'PRIVACY',
        using: true,
        agreed,
        ...(agreed && { revocable: !app.requiredItems.includes(id) }),
      }
    })
    return withId(this.idOf(person, app), { scopes })
  }

  /** `app_id` tells an app whether a token was meant for it (kakao.md#other-calls). */
  #tokenInfo(request: SandboxRequest): SandboxResponse {
    const issued = this.accessToken(bearerToken(request))
    if (!issued) return noSuchToken()
    const { app, person } = issued.value
    return withId(this.idOf(person, app), {
      expires_in: this.secondsLeft(issued),
      app_id: app.appId,
    })
  }

  /** Ends only this token (kakao.md#other-calls). */
  #logout(request: SandboxRequest): SandboxResponse {
    const token = bearerToken(request)
    const issued = this.accessToken(token)
    if (!issued || token === null) return noSuchToken()
    this.endToken(token)
    return withId(this.idOf(issued.value.person, issued.value.app), {})
  }

  /** Ends the link's tokens; the next sign-in asks for consent again (kakao.md#other-calls). */
  #unlink(request: SandboxRequest): SandboxResponse {
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: '' }
    const subject = this.#whoseCall(request)
    if ('status' in subject) return subject
    this.disconnect(subject.app, subject.person)
    return withId(this.idOf(subject.person, subject.app), {})
  }

  /** The call that reports an ended link; the console offers GET too (kakao.md#notices). */
  #unlinkWebhook(
    { appId, adminKey }: SandboxApp,
    subject: string,
    reason = 'UNLINK_FROM_APPS'
  ): ProviderCall {
    return {
      headers: {
        'authorization': `KakaoAK ${adminKey}`,
        'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      },
      body: new URLSearchParams({
        app_id: String(appId),
        user_id: subject,
        referrer_type: reason,
      }).toString(),
      expects: 200,
    }
  }

  /** The signed event that reports an ended link (kakao.md#notices). */
  #unlinkEvent(
    { clientId }: SandboxApp,
    subject: string,
    reason = 'UNLINK_FROM_APPS'
  ): ProviderCall {
    const seconds = Math.floor(this.now() / 1_000)
    const claims = {
      iss: ISSUER,
      aud: clientId,
      sub: subject,
      iat: seconds,
      toe: seconds,
      txn: randomUUID(),
      jti: randomUUID(),
      events: {
        [USER_UNLINKED]: {
          subject: { subject_type: 'iss-sub', iss: ISSUER, sub: subject },
          reason,
        },
      },
    }
    const { kid, privateKey } = this.#signingKeys
    const header = { kid, typ: 'secevent+jwt', alg: 'RS256' }
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
    return {
      headers: { 'content-type': 'application/secevent+jwt' },
      body: `${signed}.${signature}`,
      expects: 202,
    }
  }

  /** The real Kakao lists two keys (kakao.md#openid-connect). */
  #publicKeys(): SandboxResponse {
    const { kid, publicKey } = this.#signingKeys
    const { kty, n, e } = publicKey.export({ format: 'jwk' })
    return json(200, { keys: [{ kid, kty, alg: 'RS256', use: 'sig', n, e }] })
  }

  get #signingKeys() {
    return (this.#keys ??= newSigningKeys())
  }

  /** Who a call is about, by access token or by admin key and `target_id` (kakao.md#profile). */
  #whoseCall(request: SandboxRequest): Grant | SandboxResponse {
    const adminKey = /^KakaoAK +(\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (adminKey === undefined) {
      /* Giving the same answer when there is no header is a guess. */
      return this.accessToken(bearerToken(request))?.value ?? noSuchToken()
    }

    const app = this.appWithAdminKey(adminKey)
    /* The answer to a wrong admin key is a guess; so is the wording of -2. */
    if (!app) return noSuchToken()
    const target = parameters(request)
    if (target.get('target_id_type') !== 'user_id') {
      return text(400, '{"msg":"target_id_type is required","code":-2}')
    }
    const person = this.personWithId(app, target.get('target_id'))
    if (!person || !this.consentOf(app, person)) {
      return text(400, '{"msg":"NotRegisteredUserException","code":-101}')
    }
    return { app, person, mishap: null }
  }

  /* Sorted, as in captures; the order of the request does not matter. */
  #agreed({ app, person }: Grant) {
    return [...(this.consentOf(app, person)?.items ?? [])].sort()
  }

  /* 55 characters of base64url: captures have 54 to 56 (kakao.md#tokens). */
  #newAccessToken(grant: Grant) {
    return this.keepAccessToken(randomBytes(41).toString('base64url'), grant, ACCESS_SECONDS)
  }

  #newRefreshToken(grant: Grant) {
    return this.keepRefreshToken(randomBytes(41).toString('base64url'), grant, REFRESH_SECONDS)
  }
}

function parameters({ method, query, form }: SandboxRequest) {
  return method === 'POST' ? form : query
}

/** Parses a JSON list of texts, such as `scopes`; `null` for anything else. */
function listOf(value: string | null): string[] | null {
  try {
    const list: unknown = JSON.parse(value ?? '')
    return Array.isArray(list) ? list.map(String) : null
  } catch {
    return null
  }
}

function newSigningKeys() {
  return {
    kid: randomBytes(15).toString('hex'),
    ...generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  }
}

function s256(verifier: string) {
  return createHash('sha256').update(verifier).digest('base64url')
}

function text(status: number, body: string): SandboxResponse {
  return { status, headers: { 'content-type': 'application/json;charset=UTF-8' }, body }
}

function json(status: number, value: object) {
  return text(status, JSON.stringify(value))
}

/** Puts the id first, as a bare number; JSON.stringify would lose digits of it. */
function withId(id: string, rest: object) {
  const others = JSON.stringify(rest).slice(1)
  return text(200, `{"id":${id}${others === '}' ? '' : ','}${others}`)
}

/** Kakao sends the three keys in this order (kakao.md#token-errors). */
function oauthError(status: number, error: string, description: string, code: string) {
  return json(status, { error, error_description: description, error_code: code })
}

function badCredentials() {
  return oauthError(401, 'invalid_client', 'Bad client credentials', 'KOE010')
}

/** See kakao.md#api-errors. */
function noSuchToken(): SandboxResponse {
  const response = text(401, NO_SUCH_TOKEN)
  response.headers['www-authenticate'] = 'Bearer error=invalid_token'
  return response
}
