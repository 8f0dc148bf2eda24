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
  /** As the provider would see it, without `mount` and query: `/oauth/token`. */
  path: string
  /** What stands before `path` in the browser: `''`, or `/sandbox/kakao` inside the app. */
  mount: string
  query: URLSearchParams
  /** Empty unless the body was `application/x-www-form-urlencoded`. */
  form: URLSearchParams
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  locale: string
  translate: Translate
}

export interface SandboxResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** Milliseconds that whoever serves the simulator lets pass before answering. */
  delayMs?: number
}

/** An application as registered in the provider's console. */
export interface SandboxApp {
  clientId: string
  /** Every one of them is accepted. Empty: the secret is switched off (Kakao). */
  clientSecrets: string[]
  redirectUris: string[]
  /** Also takes any http(s) address on loopback; for the sandbox inside the app. */
  anyLoopbackRedirect: boolean
  /** Several client ids may belong to one app (Kakao); people and consents are its own. */
  appId: number
  name: string
  /** The consent items configured in the console, in the provider's own words. */
  items: string[]
  /** Those of `items` that nobody can take back by itself. */
  requiredItems: string[]
  /** Kakao's setting by which everybody who comes is linked for good. */
  linksAutomatically: boolean
  /** Kakao's `KakaoAK` key. */
  adminKey: string | null
  /** Where the provider tells that a person has disconnected; `null`: it tells nobody. */
  noticeUrl: string | null
  /** The client secret that last came with a call: the one to sign notices with (Naver). */
  secretInUse: string | null
  /** Why nobody gets as far as the consent page: a code of the provider's; `null`: they do. */
  refusal: string | null
}

export type NewSandboxApp = Pick<SandboxApp, 'clientId' | 'clientSecrets'> & Partial<SandboxApp>

/** The row that SeedSandboxProviders makes for a simulator. */
export interface SandboxRow {
  label: string
  emailPolicy: 'never' | 'own_domain' | 'provider_says' | 'trusted'
  clientId: string
  /** The first goes into the row; the others are there to rotate to. */
  clientSecrets: string[]
  /** Where the provider has such a key (Kakao). */
  adminKey: string | null
}

/** An authorize request that was found in order. */
export interface Trip {
  app: SandboxApp
  redirectUri: string
  state: string | null
  /** PKCE S256 challenge. */
  challenge: string | null
  /** Items to ask for once more, of those refused before; `null` on an ordinary trip. */
  reask: string[] | null
}

export interface Consent {
  items: Set<string>
  /** Milliseconds since the epoch. */
  connectedAt: number
}

/** What one person's agreement let one app have: behind a code first, then behind tokens. */
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
  /** How long a "hang" that was chosen on the page lasts; longer than the app waits. */
  hangMs?: number
}

/**
 * What the simulated providers have in common: apps, the consent page, what
 * each person agreed to, and codes and tokens with an end. What goes over the
 * wire is each provider's own file.
 *
 * Everything is in the memory of one process.
 *
 * One difference from the real ones (docs/protocol) is deliberate: they know who is
 * logged in and send a person who agreed before straight back. Here
 * the page comes up every time, so that a developer can choose who to be; it
 * remembers, by a cookie, who was chosen last, and ticks what they agreed to.
 */
export abstract class Simulator {
  /** Also the name of its strings in `resources/lang/<locale>/sandbox.json`. */
  abstract readonly key: string
  abstract readonly row: SandboxRow
  protected abstract readonly authorizePath: string
  /** The provider's own items behind each tick of the page. */
  protected abstract readonly itemsBehind: Record<Agreeable, readonly string[]>
  /** What a new app has configured unless said otherwise. */
  protected abstract readonly usualItems: readonly string[]
  /** Codes that the page offers to come back with; the first is the cancel button's. */
  protected abstract readonly errors: readonly string[]

  /** What cannot go wrong here, for it is another provider's. */
  protected readonly foreignMishaps: readonly Mishap[] = ['not_signed_up']

  /** Exact paths besides the consent page, by what answers them. */
  protected abstract readonly endpoints: Record<
    string,
    (request: SandboxRequest) => SandboxResponse
  >

  /** The ways in which this provider tells an app that a person has disconnected. */
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

  /** What a person's id is at this provider, in this app; always the same. */
  protected abstract idOf(person: TestPerson, app: SandboxApp): string
  protected abstract checkAuthorize(request: SandboxRequest): Trip | SandboxResponse
  protected abstract comeBack(trip: Trip, answer: { code: string } | { error: string }): string

  /**
   * Registers an app, or replaces the one with this client id. The object that
   * comes back is live: a secret pushed to `clientSecrets` works at once.
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

  /** Ends every code and token without touching consents, as a long wait would. */
  expireAll() {
    for (const map of [this.#codes, this.#accessTokens, this.#refreshTokens]) map.clear()
  }

  /** Ends every access token before its time; refresh tokens stay good. */
  expireAccessTokens() {
    this.#accessTokens.clear()
  }

  /** Lets every refresh token get older. @param seconds by how much */
  ageRefreshTokens(seconds: number) {
    for (const issued of this.#refreshTokens.values()) issued.expiresAt -= seconds * 1_000
  }

  /** A person takes the app from the list of their connected services. */
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

  /** The id under which an app knows a person: what a profile will say. */
  subjectOf(slug: string, clientId: string): string {
    const person = personBySlug(slug)
    const app = this.appOf(clientId)
    if (!person || !app) throw new Error(`No such person or client: ${slug}, ${clientId}`)
    return this.idOf(person, app)
  }

  /** The items a person has agreed to give an app so far. */
  agreedBy(slug: string, clientId: string): string[] {
    const person = personBySlug(slug)
    const app = this.appOf(clientId)
    const consent = person && app && this.consentOf(app, person)
    return consent ? [...consent.items] : []
  }

  /** Whether a path belongs to this simulator; paths are the provider's own. */
  serves(path: string): boolean {
    return (
      path === this.authorizePath ||
      path.startsWith(this.authorizePath + '/') ||
      path in this.endpoints
    )
  }

  /** Whether a path is where browsers come to sign in. */
  isAuthorize(path: string): boolean {
    return path === this.authorizePath
  }

  /** Where the lists of connected services are; of the sandbox's own making. */
  get servicesPath() {
    return `${this.authorizePath}/services`
  }

  /** Answers a request; who disconnects an app waits until the app was told. */
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

  /** The app goes from the person's list: consent forgotten, every token of the two dead. */
  protected disconnect(app: SandboxApp, person: TestPerson) {
    this.#consents.delete(`${app.appId}:${person.slug}`)
    for (const tokens of [this.#accessTokens, this.#refreshTokens]) {
      for (const [token, { value }] of tokens) {
        if (value.app.appId === app.appId && value.person === person) tokens.delete(token)
      }
    }
  }

  /** What a code stands for; `undefined` once used, expired or invented. */
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

  /** Seconds until something issued ends, rounded down as the providers do. */
  protected secondsLeft({ expiresAt }: { expiresAt: number }) {
    return Math.floor((expiresAt - this.now()) / 1_000)
  }

  /**
   * What every provider's server could do at a step, for the mishaps that look
   * the same everywhere.
   *
   * @returns `null` when nothing of the kind was chosen for this step
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

  /** A page that ends the trip at the provider: nothing is redirected. */
  protected refusalPage(request: SandboxRequest, title: string, reason: string) {
    const main = `<p>${escapeHtml(request.translate('sandbox.refused_reason', { reason }))}</p>`
    /* Which status the real pages have is not known; 400 is a guess. */
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
        appName: trip.app.name,
        /* What came by POST goes into the query too: the form carries the whole request. */
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
    /* How long a code lives is not documented by either; 10 minutes is a guess. */
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

    /* Asking again never takes away what was given, and adds only what was asked for. */
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
    /* Client ids of one app share its people, so each app is listed once. */
    const apps = new Map([...this.#apps.values()].reverse().map((app) => [app.appId, app]))
    const connections = people.map((person) => ({
      person,
      services: [...apps.values()]
        .filter((app) => this.consentOf(app, person))
        .map(({ clientId, name, noticeUrl }) => ({ clientId, appName: name, noticeUrl })),
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

  /** The link ends first and whatever the app says: so it is at Kakao (docs/protocol/kakao.md#notices). */
  async #takeDisconnection({ form }: SandboxRequest): Promise<Disconnection | null> {
    const person = personBySlug(form.get('person'))
    const app = this.appOf(form.get('client_id'))
    if (!person || !app) return null

    const about = { person, appName: app.name }
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
     * The form posts here and is redirected to the app, which is another
     * origin; Chromium checks form-action at that hop as well.
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

/** A redirect as Kakao documents it (docs/protocol/kakao.md#authorization): 302 with nothing in it. */
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

/** The parameters of a request that may come either way; the form wins. */
export function parametersOf({ query, form }: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(query)
  for (const name of new Set(form.keys())) {
    all.delete(name)
    for (const value of form.getAll(name)) all.append(name, value)
  }
  return all
}

/** Adds an already encoded query to an address that may have one. */
export function withQuery(address: string, query: string): string {
  return address + (address.includes('?') ? '&' : '?') + query
}

/** The token after `Bearer`, else `null`. */
export function bearerToken({ headers }: SandboxRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}

/** Lasting bytes for a person in an app, from which their ids are made. */
export function lastingBytes(...parts: string[]): Buffer {
  return createHash('sha256').update(parts.join('\n')).digest()
}
