import { createHash, randomBytes } from 'node:crypto'
import { people, personBySlug, type TestPerson } from '#sandbox/people'
import {
  AGREEABLE,
  consentPage,
  consentStyles,
  escapeHtml,
  MISHAPS,
  sandboxPage,
  type Agreeable,
  type Mishap,
  type Translate,
} from '#sandbox/consent_page'
import { callApp, type ProviderCall } from '#sandbox/provider_call'
import { servicesPage, type Disconnection } from '#sandbox/services_page'
import { isLoopbackHost } from '#start/loopback'

export interface SandboxRequest {
  method: string
  /** As the provider would see it, without `mount` and query, such as `/oauth/token`. */
  path: string
  /** What precedes `path` in the browser: `''`, or `/sandbox/kakao` inside the app. */
  mount: string
  query: URLSearchParams
  /** Empty unless the body was `application/x-www-form-urlencoded`. */
  form: URLSearchParams
  /** Keyed by lower-case name. */
  headers: Record<string, string | undefined>
  locale: string
  translate: Translate
  /** What the only app there is goes by, inside the app; elsewhere each has its own name. */
  appName?: string
}

export interface SandboxResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** Milliseconds that the server running the simulator should wait before answering. */
  delayMs?: number
}

/** An application as registered in the provider's console. */
export interface SandboxApp {
  clientId: string
  /** All of them are accepted. Empty: the secret is switched off (Kakao). */
  clientSecrets: string[]
  redirectUris: string[]
  /** Also accept any http(s) address on loopback, for the sandbox inside the app. */
  anyLoopbackRedirect: boolean
  /** Several client ids may belong to one app (Kakao); people and consents belong to the app. */
  appId: number
  name: string
  /** The consent items configured in the console, in the provider's own terms. */
  items: string[]
  /** Those of `items` that nobody can withdraw individually. */
  requiredItems: string[]
  /** Kakao's setting that permanently links everybody who signs in. */
  linksAutomatically: boolean
  /** Kakao's `KakaoAK` key. */
  adminKey: string | null
  /** Where the provider reports that a person has disconnected; `null`: nowhere. */
  noticeUrl: string | null
  /** The client secret of the latest call, which signs notices (Naver). */
  secretInUse: string | null
  /** The provider's error code if people cannot reach the consent page; `null` if they can. */
  refusal: string | null
}

export type NewSandboxApp = Pick<SandboxApp, 'clientId' | 'clientSecrets'> & Partial<SandboxApp>

/** The row that SeedSandboxProviders creates for a simulator. */
export interface SandboxRow {
  label: string
  emailPolicy: 'never' | 'own_domain' | 'provider_says' | 'trusted'
  clientId: string
  /** The first goes into the row; the others are for rotation. */
  clientSecrets: string[]
  /** For providers that have such a key (Kakao). */
  adminKey: string | null
}

/** A valid authorize request. */
export interface Trip {
  app: SandboxApp
  redirectUri: string
  state: string | null
  /** PKCE S256 challenge. */
  challenge: string | null
  /** Items to ask for again if they were refused before; `null` on an ordinary trip. */
  reask: string[] | null
}

export interface Consent {
  items: Set<string>
  /** Milliseconds since the epoch. */
  connectedAt: number
}

/** What one person let one app have; first a code stands for it, then tokens do. */
export interface Grant {
  app: SandboxApp
  person: TestPerson
  mishap: Mishap | null
}

interface Issued<T> {
  value: T
  expiresAt: number
}

export interface SimulatorOptions {
  /** The clock, in milliseconds since the epoch. */
  now?: () => number
  /** How long, in milliseconds, a "hang" chosen on the page lasts; longer than the app waits. */
  hangMs?: number
}

/**
 * What the simulated providers have in common: apps, the consent page, each person's
 * consents, and codes and tokens that expire. Each provider's own file defines what goes
 * over the wire.
 *
 * Everything lives in the memory of one process.
 *
 * One difference from the real providers (docs/protocol) is deliberate: they know who is
 * logged in, and send a person who has already agreed straight back. Here the page appears
 * every time, so that a developer can choose who to be; a cookie remembers who was chosen
 * last, and the page ticks what they agreed to.
 */
export abstract class Simulator {
  /** Also the name of its strings in `resources/lang/<locale>/sandbox.json`. */
  abstract readonly key: string
  abstract readonly row: SandboxRow
  protected abstract readonly authorizePath: string
  /** The provider's own items behind each tick of the page. */
  protected abstract readonly itemsBehind: Record<Agreeable, readonly string[]>
  /** The items that a new app has configured by default. */
  protected abstract readonly usualItems: readonly string[]
  /** Error codes that the page offers to return with; the first is for the cancel button. */
  protected abstract readonly errors: readonly string[]

  /** Mishaps that happen only at other providers. */
  protected readonly foreignMishaps: readonly Mishap[] = ['not_signed_up']

  /** Handlers by exact path, besides the consent page. */
  protected abstract readonly endpoints: Record<
    string,
    (request: SandboxRequest) => SandboxResponse
  >

  /** The ways this provider tells an app that a person has disconnected. */
  protected readonly notices: Record<string, (app: SandboxApp, subject: string) => ProviderCall> =
    {}

  protected readonly now: () => number
  readonly #hangMs: number
  readonly #apps = new Map<string, SandboxApp>()
  readonly #consents = new Map<string, Consent>()
  readonly #codes = new Map<string, Issued<{ trip: Trip; grant: Grant }>>()
  readonly #accessTokens = new Map<string, Issued<Grant>>()
  readonly #refreshTokens = new Map<string, Issued<Grant>>()

  constructor(options: SimulatorOptions = {}) {
    this.now = options.now ?? Date.now
    this.#hangMs = options.hangMs ?? 7_000
  }

  /** A person's id at this provider, in this app; it never changes. */
  protected abstract idOf(person: TestPerson, app: SandboxApp): string
  protected abstract checkAuthorize(request: SandboxRequest): Trip | SandboxResponse
  protected abstract comeBack(trip: Trip, answer: { code: string } | { error: string }): string

  /**
   * Registers an app, or replaces the one with this client id. The returned object
   * is live: a secret pushed to `clientSecrets` works immediately.
   */
  register(app: NewSandboxApp): SandboxApp {
    const registered = {
      redirectUris: [],
      anyLoopbackRedirect: false,
      appId: 1_000_001 + this.#apps.size,
      name: app.clientId,
      items: [...this.usualItems],
      requiredItems: [],
      linksAutomatically: true,
      adminKey: null,
      noticeUrl: null,
      secretInUse: null,
      refusal: null,
      ...app,
      clientSecrets: [...app.clientSecrets],
    }
    this.#apps.set(app.clientId, registered)
    return registered
  }

  /** Forgets every app, consent, code and token. */
  reset() {
    for (const map of [this.#apps, this.#consents, this.#codes]) map.clear()
    this.#accessTokens.clear()
    this.#refreshTokens.clear()
  }

  /** Expires every code and token but no consents, as a long wait would. */
  expireAll() {
    for (const map of [this.#codes, this.#accessTokens, this.#refreshTokens]) map.clear()
  }

  /** Expires every access token early; refresh tokens stay valid. */
  expireAccessTokens() {
    this.#accessTokens.clear()
  }

  /** Makes every refresh token older. @param seconds by how much */
  ageRefreshTokens(seconds: number) {
    for (const issued of this.#refreshTokens.values()) issued.expiresAt -= seconds * 1_000
  }

  /** Plays a person removing the app from their list of connected services. */
  unlink(slug: string, clientId: string) {
    const person = personBySlug(slug)
    const app = this.appOf(clientId)
    if (person && app) this.disconnect(app, person)
  }

  /** Whether an app is on a person's list of connected services. */
  isLinked(slug: string, clientId: string): boolean {
    const person = personBySlug(slug)
    const app = this.appOf(clientId)
    return person !== undefined && app !== undefined && this.consentOf(app, person) !== undefined
  }

  /** The id by which an app knows a person, as its profile will show it. */
  subjectOf(slug: string, clientId: string): string {
    const person = personBySlug(slug)
    const app = this.appOf(clientId)
    if (!person || !app) throw new Error(`No such person or client: ${slug}, ${clientId}`)
    return this.idOf(person, app)
  }

  /** The items that a person has agreed to give an app so far. */
  agreedBy(slug: string, clientId: string): string[] {
    const person = personBySlug(slug)
    const app = this.appOf(clientId)
    const consent = person && app && this.consentOf(app, person)
    return consent ? [...consent.items] : []
  }

  /** Whether this simulator answers a path, which is one of the provider's own. */
  serves(path: string): boolean {
    return (
      path === this.authorizePath ||
      path.startsWith(this.authorizePath + '/') ||
      path in this.endpoints
    )
  }

  /** Whether browsers come to this path to sign in. */
  isAuthorize(path: string): boolean {
    return path === this.authorizePath
  }

  /** The path of the lists of connected services; the real providers have no such path. */
  get servicesPath() {
    return `${this.authorizePath}/services`
  }

  /** Answers a request; disconnecting an app takes until the app has been told. */
  async answer(request: SandboxRequest): Promise<SandboxResponse> {
    if (request.path === this.servicesPath && request.method === 'POST') {
      return this.#showServices(request, await this.#takeDisconnection(request))
    }
    return this.handle(request)
  }

  /** Answers a request as the provider would. */
  handle(request: SandboxRequest): SandboxResponse {
    if (request.path === `${this.authorizePath}/style.css`) {
      return {
        status: 200,
        headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-store' },
        body: consentStyles,
      }
    }
    if (request.path === this.authorizePath) return this.#showConsent(request)
    if (request.path === `${this.authorizePath}/consent`) return this.#takeConsent(request)
    if (request.path === this.servicesPath) return this.#showServices(request, null)
    if (Object.hasOwn(this.endpoints, request.path)) return this.endpoints[request.path](request)
    return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' }
  }

  /** The live registration of a client id. */
  appOf(clientId: string | null): SandboxApp | undefined {
    return clientId === null ? undefined : this.#apps.get(clientId)
  }

  protected appWithAdminKey(key: string): SandboxApp | undefined {
    return this.#apps.values().find((app) => app.adminKey !== null && app.adminKey === key)
  }

  protected accepts(app: SandboxApp, redirectUri: string | null): redirectUri is string {
    if (redirectUri === null) return false
    if (app.redirectUris.includes(redirectUri)) return true
    if (!app.anyLoopbackRedirect || !URL.canParse(redirectUri)) return false
    const { protocol, hostname } = new URL(redirectUri)
    return /^https?:$/.test(protocol) && isLoopbackHost(hostname)
  }

  protected consentOf(app: SandboxApp, person: TestPerson): Consent | undefined {
    return this.#consents.get(`${app.appId}:${person.slug}`)
  }

  protected personWithId(app: SandboxApp, id: string | null): TestPerson | undefined {
    return people.find((person) => this.idOf(person, app) === id)
  }

  /** Removes the app from the person's list: forgets the consent and ends the link's tokens. */
  protected disconnect(app: SandboxApp, person: TestPerson) {
    this.#consents.delete(`${app.appId}:${person.slug}`)
    for (const tokens of [this.#accessTokens, this.#refreshTokens]) {
      for (const [token, { value }] of tokens) {
        if (value.app.appId === app.appId && value.person === person) tokens.delete(token)
      }
    }
  }

  /** What a code stands for; `undefined` if it is used up, expired or invented. */
  protected lookUpCode(code: string | null) {
    return this.#alive(this.#codes, code)
  }

  protected useUpCode(code: string) {
    this.#codes.delete(code)
  }

  protected keepAccessToken(token: string, grant: Grant, seconds: number) {
    this.#keep(this.#accessTokens, token, grant, seconds)
    return token
  }

  protected keepRefreshToken(token: string, grant: Grant, seconds: number) {
    this.#keep(this.#refreshTokens, token, grant, seconds)
    return token
  }

  protected accessToken(token: string | null) {
    return this.#alive(this.#accessTokens, token)
  }

  protected refreshToken(token: string | null) {
    return this.#alive(this.#refreshTokens, token)
  }

  protected endToken(token: string) {
    this.#accessTokens.delete(token)
    this.#refreshTokens.delete(token)
  }

  /** Seconds until something issued expires, rounded down as the providers do. */
  protected secondsLeft({ expiresAt }: { expiresAt: number }) {
    return Math.floor((expiresAt - this.now()) / 1_000)
  }

  /**
   * The answer to a mishap that any provider's server could have at a step, and that looks
   * the same everywhere.
   *
   * @returns `null` when no such mishap was chosen for this step
   */
  protected accident(step: 'token' | 'profile', mishap: Mishap | null): SandboxResponse | null {
    if (mishap === `${step}_html`) {
      return html(200, '<!doctype html>\n<title>simulated maintenance page</title>\n')
    }
    if (mishap === `${step}_5xx`) {
      return html(503, '<!doctype html>\n<title>503 Service Unavailable</title>\n')
    }
    return null
  }

  protected late(step: 'token' | 'profile', mishap: Mishap | null, response: SandboxResponse) {
    return mishap === `${step}_hang` ? { ...response, delayMs: this.#hangMs } : response
  }

  /** What people see an application called. */
  protected nameOf(app: SandboxApp, { appName = app.name }: SandboxRequest): string {
    return appName
  }

  /** A page that ends the trip at the provider, without a redirect. */
  protected refusalPage(request: SandboxRequest, title: string, reason: string) {
    const main = `<p>${escapeHtml(request.translate('sandbox.refused_reason', { reason }))}</p>`
    /* The status of the real pages is unknown; 400 is a guess. */
    return this.#page(
      request,
      400,
      sandboxPage({ ...request, stylesheet: this.#stylesheet(request), title, main })
    )
  }

  #showConsent(request: SandboxRequest): SandboxResponse {
    const trip = this.checkAuthorize(request)
    if ('status' in trip) return trip

    const last = /(?:^|;\s*)sandbox_person=([a-z]+)/.exec(request.headers.cookie ?? '')?.[1]
    const person = personBySlug(last ?? null)
    const before = person && this.consentOf(trip.app, person)?.items
    const items = AGREEABLE.map((item) => {
      const configured = this.itemsBehind[item].filter((one) => trip.app.items.includes(one))
      return { item, configured, agreed: configured.every((one) => before?.has(one)) }
    })
      .filter(({ configured }) => configured.length > 0)
      .filter(({ configured, agreed }) => {
        if (!trip.reask || !before) return true
        return !agreed && configured.some((one) => trip.reask!.includes(one))
      })

    return this.#page(
      request,
      200,
      consentPage({
        translate: request.translate,
        locale: request.locale,
        provider: this.key,
        appName: this.nameOf(trip.app, request),
        /* Includes parameters that came by POST, so that the form carries the whole request. */
        action: `${request.mount}${this.authorizePath}/consent?${parametersOf(request)}`,
        stylesheet: this.#stylesheet(request),
        people,
        selected: person?.slug ?? people[0].slug,
        items: items.map(({ item, agreed }) => ({ item, ticked: before ? agreed : true })),
        errors: this.errors,
        mishaps: MISHAPS.filter((mishap) => !this.foreignMishaps.includes(mishap)),
        services: request.mount + this.servicesPath,
      })
    )
  }

  #takeConsent(request: SandboxRequest): SandboxResponse {
    if (request.method !== 'POST') {
      return { status: 405, headers: { 'content-type': 'text/plain', 'allow': 'POST' }, body: '' }
    }
    const { form, query } = request
    const trip = this.checkAuthorize({ ...request, method: 'GET', form: new URLSearchParams() })
    if ('status' in trip) return trip

    const action = form.get('action')
    if (action === 'cancel') return found(this.comeBack(trip, { error: this.errors[0] }))
    if (action === 'error') {
      const error = form.get('error') ?? ''
      const known = this.errors.includes(error) ? error : this.errors[0]
      return found(this.comeBack(trip, { error: known }))
    }

    const person = personBySlug(form.get('person'))
    if (!person) return found(`${request.mount}${this.authorizePath}?${query}`)

    this.#agree(trip, person, form.getAll('agree'))
    const code = this.newCode()
    const grant: Grant = {
      app: trip.app,
      person,
      mishap: MISHAPS.find((mishap) => mishap === form.get('mishap')) ?? null,
    }
    /* Neither provider documents how long a code lives; 10 minutes is a guess. */
    this.#keep(this.#codes, code, { trip, grant }, 600)

    const response = found(this.comeBack(trip, { code }))
    const path = `${request.mount}${this.authorizePath}`
    response.headers['set-cookie'] =
      `sandbox_person=${person.slug}; Path=${path}; HttpOnly; SameSite=Lax`
    return response
  }

  protected newCode() {
    return randomBytes(48).toString('base64url')
  }

  #agree(trip: Trip, person: TestPerson, ticks: string[]) {
    const before = this.consentOf(trip.app, person)
    const ticked = AGREEABLE.filter((item) => ticks.includes(item))
      .flatMap((item) => this.itemsBehind[item])
      .filter((item) => trip.app.items.includes(item))

    /* Asking again never withdraws what was given, and adds only what was asked for. */
    const items =
      trip.reask && before
        ? [...before.items, ...ticked.filter((item) => trip.reask!.includes(item))]
        : ticked
    this.#consents.set(`${trip.app.appId}:${person.slug}`, {
      items: new Set(items),
      connectedAt: before?.connectedAt ?? this.now(),
    })
  }

  #showServices(request: SandboxRequest, disconnection: Disconnection | null): SandboxResponse {
    /* An app's client ids share its people, so each app is listed once. */
    const apps = new Map([...this.#apps.values()].reverse().map((app) => [app.appId, app]))
    const connections = people.map((person) => ({
      person,
      services: [...apps.values()]
        .filter((app) => this.consentOf(app, person))
        .map((app) => ({ ...app, appName: this.nameOf(app, request) })),
    }))
    return this.#page(
      request,
      200,
      servicesPage({
        translate: request.translate,
        locale: request.locale,
        provider: this.key,
        action: request.mount + this.servicesPath,
        stylesheet: this.#stylesheet(request),
        connections: connections.filter(({ services }) => services.length > 0),
        notices: Object.keys(this.notices),
        disconnection,
      })
    )
  }

  /**
   * Ends the link first, whatever the app answers, as Kakao does
   * (docs/protocol/kakao.md#notices).
   */
  async #takeDisconnection(request: SandboxRequest): Promise<Disconnection | null> {
    const { form } = request
    const person = personBySlug(form.get('person'))
    const app = this.appOf(form.get('client_id'))
    if (!person || !app) return null

    const about = { person, appName: this.nameOf(app, request) }
    if (!this.consentOf(app, person)) return { ...about, kind: 'ended_before' }
    this.disconnect(app, person)

    const kind = form.get('notice') ?? ''
    if (app.noticeUrl === null || !Object.hasOwn(this.notices, kind)) {
      return { ...about, kind: 'untold' }
    }
    const call = this.notices[kind](app, this.idOf(person, app))
    return { ...about, ...(await callApp(app.noticeUrl, call)) }
  }

  #stylesheet(request: SandboxRequest) {
    return `${request.mount}${this.authorizePath}/style.css`
  }

  #page(request: SandboxRequest, status: number, body: string): SandboxResponse {
    const response = html(status, body)
    response.headers['content-language'] = request.locale
    /*
     * The form posts here and is redirected to the app, which is another origin;
     * Chromium checks form-action for that redirect too.
     */
    response.headers['content-security-policy'] =
      `default-src 'none'; style-src 'self'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'`
    return response
  }

  #keep<T>(map: Map<string, Issued<T>>, key: string, value: T, seconds: number) {
    for (const [old, { expiresAt }] of map) if (expiresAt <= this.now()) map.delete(old)
    map.set(key, { value, expiresAt: this.now() + seconds * 1_000 })
  }

  #alive<T>(map: Map<string, Issued<T>>, key: string | null): Issued<T> | undefined {
    const issued = key === null ? undefined : map.get(key)
    return issued && issued.expiresAt > this.now() ? issued : undefined
  }
}

/** A redirect as Kakao documents it (docs/protocol/kakao.md#authorization): 302, no body. */
export function found(location: string): SandboxResponse {
  return {
    status: 302,
    headers: { 'location': location, 'content-length': '0', 'cache-control': 'no-store' },
    body: '',
  }
}

export function html(status: number, body: string): SandboxResponse {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body,
  }
}

/** The parameters of a request from query and form; the form takes precedence. */
export function parametersOf({ query, form }: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(query)
  for (const name of new Set(form.keys())) {
    all.delete(name)
    for (const value of form.getAll(name)) all.append(name, value)
  }
  return all
}

/** Appends an encoded query to an address that may already have one. */
export function withQuery(address: string, query: string): string {
  return address + (address.includes('?') ? '&' : '?') + query
}

/** The token after `Bearer`, otherwise `null`. */
export function bearerToken({ headers }: SandboxRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}

/** Stable bytes for a person in an app, from which their ids are made. */
export function lastingBytes(...parts: string[]): Buffer {
  return createHash('sha256').update(parts.join('\n')).digest()
}
