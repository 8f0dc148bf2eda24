import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import type { TestPerson } from '#sandbox/people'
import type { ProviderCall } from '#sandbox/provider_call'
import {
  bearerToken,
  lastingBytes,
  parametersOf,
  Simulator,
  withQuery,
  type Grant,
  type SandboxApp,
  type SandboxRequest,
  type SandboxResponse,
  type SandboxRow,
  type Trip,
} from '#sandbox/simulator'

/* In seconds; the first is documented, the second is a guess (docs/protocol/naver.md#tokens). */
const ACCESS_SECONDS = 3_600
const REFRESH_SECONDS = 365 * 24 * 60 * 60

/*
 * The first is what the real cancel button sends (naver.md#callback). The names of the
 * others are documented (naver.md#token-errors); their descriptions are guesses.
 */
const DESCRIPTIONS: Record<string, string> = {
  access_denied: 'Canceled By User',
  server_error: 'server error',
  temporarily_unavailable: 'temporarily unavailable',
  invalid_request: 'invalid request',
  unauthorized_client: 'unauthorized client',
}

/* The codes are certain, but only the beginning of the second message is (naver.md#profile). */
const TOKEN_REFUSED = ['024', 'Authentication failed (인증 실패하였습니다.)'] as const
const NO_TOKEN = [
  '028',
  'Authentication header not exists (OAuth 인증 헤더(authorization header)가 없습니다.)',
] as const

/**
 * Simulated Naver: nid and openapi in one, faithful to docs/protocol/naver.md. It is the
 * legacy stack (`/oauth2.0/`), which has neither PKCE nor id_token.
 */
export class SandboxNaver extends Simulator {
  readonly key = 'naver'

  readonly row: SandboxRow = {
    label: '네이버',
    emailPolicy: 'never',
    clientId: 'sandboxNaverClient01',
    clientSecrets: ['sandboxOne', 'sandboxTwo'],
    adminKey: null,
  }

  protected readonly authorizePath = '/oauth2.0/authorize'

  protected readonly itemsBehind = {
    email: ['email'],
    name: ['name'],
    nickname: ['nickname', 'profile_image'],
  }

  /*
   * The console marks each item as required or additional. Even a required one may be
   * missing from a profile (naver.md#profile), so everything can be refused here.
   */
  protected readonly usualItems = ['email', 'name', 'nickname', 'profile_image']

  protected readonly errors = Object.keys(DESCRIPTIONS)

  protected readonly endpoints = {
    '/oauth2.0/token': (request: SandboxRequest) => this.#token(request),
    '/oauth2.0/revoke': (request: SandboxRequest) => this.#revoke(request),
    '/v1/nid/me': (request: SandboxRequest) => this.#me(request),
    '/v1/nid/verify': (request: SandboxRequest) => this.#verify(request),
  }

  protected readonly notices = {
    notice: (app: SandboxApp, subject: string) => this.#unlinkNotice(app, subject),
  }

  /** 43 characters of base64url; plain digits in apps from before May 2021 (naver.md#profile). */
  protected idOf(person: TestPerson, app: SandboxApp) {
    const bytes = lastingBytes(this.key, app.clientId, person.slug)
    return person.oldId
      ? String(10_000_000 + (bytes.readUInt32BE() % 80_000_000))
      : bytes.toString('base64url')
  }

  /**
   * Refusals at this point are a page of Naver's own, never redirects; GET and POST both
   * work (naver.md#authorization).
   */
  protected checkAuthorize(request: SandboxRequest): Trip | SandboxResponse {
    const params = parametersOf(request)
    const app = this.appOf(params.get('client_id'))
    const redirectUri = params.get('redirect_uri')
    const state = params.get('state')

    if (!app) return this.#refuse(request, params.get('client_id') ?? '?', 'client_id')
    /*
     * An app in development refuses everybody but its testers with an error page too; which
     * page is a guess (naver.md#console).
     */
    if (app.refusal) return this.#refuse(request, this.nameOf(app, request), app.refusal)
    if (!this.accepts(app, redirectUri))
      return this.#refuse(request, this.nameOf(app, request), 'redirect_uri')
    /* Both are required; showing the same page when one is missing is a guess. */
    if (params.get('response_type') !== 'code') {
      return this.#refuse(request, this.nameOf(app, request), 'response_type')
    }
    if (!state) return this.#refuse(request, this.nameOf(app, request), 'state')

    /* `reauthenticate` asks for the password again; the sandbox has no passwords. */
    const reask = params.get('auth_type') === 'reprompt' ? app.items : null
    /* This stack has no `code_challenge` and ignores it (naver.md#authorization). */
    return { app, redirectUri, state, challenge: null, reask }
  }

  /**
   * Spaces become `+`. Success and cancellation order their parameters as captured, other
   * errors as documented (naver.md#callback).
   */
  protected comeBack({ redirectUri, state }: Trip, answer: { code: string } | { error: string }) {
    if ('code' in answer) {
      return withQuery(redirectUri, query({ code: answer.code, state: state! }))
    }
    const { error } = answer
    const failure = { error, error_description: DESCRIPTIONS[error] }
    return withQuery(
      redirectUri,
      error === 'access_denied'
        ? query({ ...failure, state: state! })
        : query({ state: state!, ...failure })
    )
  }

  #refuse(request: SandboxRequest, app: string, reason: string) {
    const title = request.translate('sandbox.refused_naver', { app })
    return this.refusalPage(request, title, reason)
  }

  /** GET or POST, and failures come with status 200 (naver.md#tokens, naver.md#token-errors). */
  #token(request: SandboxRequest): SandboxResponse {
    const params = parametersOf(request)
    const app = this.#authenticated(params)
    if (!app) return wrongPair()

    const type = params.get('grant_type')
    if (type === 'authorization_code') return this.#exchange(params, app)
    if (type === 'refresh_token') return this.#refresh(params, app)
    if (type === 'delete') return this.#delete(params)
    return refusal('unsupported grant_type', 'guess')
  }

  #authenticated(params: URLSearchParams) {
    const app = this.appOf(params.get('client_id'))
    const secret = params.get('client_secret') ?? ''
    if (!app?.clientSecrets.includes(secret)) return undefined
    app.secretInUse = secret
    return app
  }

  /** `redirect_uri` is not a parameter here; ignoring it is a guess (naver.md#tokens). */
  #exchange(params: URLSearchParams, app: SandboxApp): SandboxResponse {
    const code = params.get('code')
    if (!code) return refusal('code is missing', 'guess')
    if (!params.get('state')) return refusal('state is missing', 'guess')

    const issued = this.lookUpCode(code)?.value
    if (!issued || issued.grant.app !== app) return refusal('no valid data in session')
    const { grant } = issued

    /* This comes before the code is used up, so that the app can retry with its other secret. */
    if (grant.mishap === 'token_wrong_keys') return wrongPair()
    const accident = this.accident('token', grant.mishap)
    if (accident) return accident

    this.useUpCode(code)
    /* Whether Naver compares the two states is unknown; comparing them is a guess. */
    if (params.get('state') !== issued.trip.state) return refusal('no valid data in session')

    const response = json(200, {
      access_token: this.#newAccessToken(grant),
      refresh_token: this.keepRefreshToken(alphanumeric(64), grant, REFRESH_SECONDS),
      token_type: 'bearer',
      expires_in: String(ACCESS_SECONDS),
    })
    return this.late('token', grant.mishap, response)
  }

  /** The old refresh token stays valid, and no new one comes with the answer (naver.md#tokens). */
  #refresh(params: URLSearchParams, app: SandboxApp): SandboxResponse {
    const grant = this.refreshToken(params.get('refresh_token'))?.value
    if (!grant || grant.app !== app) return refusal('invalid refresh_token', 'guess')
    return json(200, {
      access_token: this.#newAccessToken(grant),
      token_type: 'bearer',
      expires_in: String(ACCESS_SECONDS),
    })
  }

  /** The old way to unlink, which always reports success (naver.md#ending-a-link). */
  #delete(params: URLSearchParams): SandboxResponse {
    const token = params.get('access_token') ?? ''
    const grant = this.accessToken(token)?.value
    if (grant) this.disconnect(grant.app, grant.person)
    return json(200, { access_token: token, result: 'success' })
  }

  /** The status tells the result; on success the body is empty (naver.md#ending-a-link). */
  #revoke({ method, form }: SandboxRequest): SandboxResponse {
    /* Only POST is documented; 405 is a guess. */
    if (method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: '' }

    const token = form.get('token')
    if (!form.get('client_id') || !form.get('client_secret') || !token) {
      /* The error's name is documented; its description is a guess. */
      return json(400, { error: 'invalid_request', error_description: 'missing parameter' })
    }
    const app = this.#authenticated(form)
    if (!app) {
      return json(401, {
        error: 'unauthorized_client',
        error_description: 'Client authentication failed.',
      })
    }
    /* `token_type_hint` may be wrong, so both kinds are tried. */
    const grant = (this.accessToken(token) ?? this.refreshToken(token))?.value
    /* Leaving another app's token alone is a guess. */
    if (grant?.app === app) this.disconnect(app, grant.person)
    return { status: 200, headers: { 'content-length': '0' }, body: '' }
  }

  /** Refused items are simply absent (naver.md#profile). */
  #me(request: SandboxRequest): SandboxResponse {
    const grant = this.#whoseCall(request)
    if ('status' in grant) return grant
    const { app, person, mishap } = grant

    if (mishap === 'profile_refused') return unauthorized(TOKEN_REFUSED)
    const accident = this.accident('profile', mishap)
    if (accident) return accident

    const consent = this.consentOf(app, person)
    const agreed = (item: string) => app.items.includes(item) && !!consent?.items.has(item)
    const id = this.idOf(person, app)
    const email = mishap === 'no_email' ? null : person.email

    const response = {
      id,
      /* A nickname that was never chosen is the beginning of the login name, then asterisks. */
      ...(agreed('nickname') && { nickname: person.nickname ?? `${person.slug.slice(0, 4)}***` }),
      /* Real images are on Naver's CDN; the sandbox links to no outside server. */
      ...(agreed('profile_image') && {
        profile_image: `https://img.example.com/contact/${person.hasPhoto ? person.slug : 'img_profile'}.png`,
      }),
      ...(agreed('email') && email !== null && { email }),
      ...(agreed('name') && { name: person.name }),
    }
    const profile = escaped(JSON.stringify({ resultcode: '00', message: 'success', response }))
    return this.late('profile', mishap, text(200, profile))
  }

  /** The formats inside `response` are guesses (naver.md#consent). */
  #verify(request: SandboxRequest): SandboxResponse {
    const grant = this.#whoseCall(request)
    if ('status' in grant) return grant
    const answer = { resultcode: '00', message: 'success' }
    if (parametersOf(request).get('info') !== 'true') return json(200, answer)

    const token = bearerToken(request)
    const { expiresAt } = this.accessToken(token)!
    const allowed = this.consentOf(grant.app, grant.person)?.items ?? []
    return json(200, {
      ...answer,
      response: {
        token,
        expire_date: new Date(expiresAt).toISOString(),
        allowed_profile: [...allowed].join(','),
      },
    })
  }

  /** Naver has a single secret per app (naver.md#notices); here it is the one used last. */
  #unlinkNotice({ clientId, clientSecrets, secretInUse }: SandboxApp, id: string): ProviderCall {
    const key = createHash('md5')
      .update(secretInUse ?? clientSecrets[0] ?? '')
      .digest()
    const iv = randomBytes(16)
    const cipher = createCipheriv('aes-128-cbc', key, iv)
    const encrypted = Buffer.concat([iv, cipher.update(id), cipher.final()])

    const encryptUniqueId = encrypted.toString('base64url')
    const timestamp = String(Math.floor(this.now() / 1_000))
    const signed = `clientId=${clientId}&encryptUniqueId=${encryptUniqueId}&timestamp=${timestamp}`
    const signature = createHmac('sha256', key).update(signed).digest('base64url')
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: query({ clientId, encryptUniqueId, timestamp, signature }),
      expects: 204,
    }
  }

  #whoseCall(request: SandboxRequest): Grant | SandboxResponse {
    if (!request.headers.authorization) return unauthorized(NO_TOKEN)
    return this.accessToken(bearerToken(request))?.value ?? unauthorized(TOKEN_REFUSED)
  }

  /**
   * Begins with AAAA and is plain base64 (naver.md#tokens). Always contains `+` and `/`,
   * which a carelessly built query would lose.
   */
  #newAccessToken(grant: Grant) {
    let token: string
    do {
      token = 'AAAA' + randomBytes(60).toString('base64')
    } while (!token.includes('+') || !token.includes('/'))
    return this.keepAccessToken(token, grant, ACCESS_SECONDS)
  }

  /* The format of a code is a guess. */
  protected newCode() {
    return alphanumeric(18)
  }
}

function alphanumeric(length: number) {
  let characters = ''
  while (characters.length < length) {
    characters += randomBytes(length).toString('base64').replace(/[+/=]/g, '')
  }
  return characters.slice(0, length)
}

/** Form-encodes values, which turns a space into `+`. */
function query(values: Record<string, string>) {
  return new URLSearchParams(values).toString()
}

/** Escapes slashes and non-ASCII characters, as Naver's profile does (naver.md#profile). */
function escaped(plain: string) {
  return plain.replaceAll('/', '\\/').replace(/[^\0-\x7f]/g, (unit) => {
    return '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0')
  })
}

/* The exact spelling of this content type is a guess. */
function text(status: number, body: string): SandboxResponse {
  return { status, headers: { 'content-type': 'application/json;charset=utf-8' }, body }
}

function json(status: number, value: object) {
  return text(status, JSON.stringify(value))
}

/**
 * A failure of the token endpoint: status 200 (naver.md#token-errors).
 *
 * @param certainty `guess` for wording that nobody has recorded
 */
function refusal(description: string, certainty?: 'guess') {
  const words = certainty === 'guess' ? `${description} (guess)` : description
  return json(200, { error: 'invalid_request', error_description: words })
}

function wrongPair() {
  return refusal('wrong client id / client secret pair')
}

function unauthorized([resultcode, message]: readonly [string, string]) {
  return json(401, { resultcode, message })
}
