import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Agreeable, Mishap } from '#sandbox/consent_page'
import { plainHeaders, readForm } from '#sandbox/http'
import { SandboxKakao } from '#sandbox/kakao'
import { SandboxNaver } from '#sandbox/naver'
import { Markup } from '#tests/support/markup'
import { registerAsked, registerIssued } from '#tests/support/secret_scan/sinks'
import type { SandboxResponse, Simulator } from '#sandbox/simulator'
import { t } from '#tests/support/texts'

/** One request that reached a provider, in order of arrival. */
export interface RecordedCall {
  /** `kakao` or `naver`; `null` if the path belongs to neither. */
  provider: string | null
  method: string
  path: string
  query: URLSearchParams
  form: URLSearchParams
  headers: Record<string, string | undefined>
  /** Which of the two servers: the provider's own, or the one it hops to. */
  origin: string
}

/**
 * How an answer goes wrong. Faults without their own status spoil the answer that the
 * simulator would have given.
 */
export type Fault =
  /** Takes the request and never answers. */
  | { kind: 'hang' }
  /** Cuts the connection before an answer (TCP reset). */
  | { kind: 'reset' }
  /** The right answer, late. */
  | { kind: 'delay'; ms: number }
  /** The right answer, a few bytes at a time. */
  | { kind: 'drip'; everyMs: number; bytes?: number }
  /** The right answer without its end, well-formed as HTTP. */
  | { kind: 'truncate'; bytes: number }
  /** Promises the right answer's length, but cuts the connection in the middle. */
  | { kind: 'break_off'; bytes: number }
  /** This many bytes of JSON that never closes, sent as fast as they are read. */
  | { kind: 'flood'; bytes: number; status?: number }
  /** Any answer at all. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string | Buffer }

/** Answers that real providers, or the servers in front of them, have been seen to give. */
export const faults = {
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  html: {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html><title>maintenance</title>',
  },
  serverError: {
    kind: 'answer',
    status: 503,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html><title>503 Service Unavailable</title>',
  },
  truncatedJson: { kind: 'truncate', bytes: 20 },
  flood: { kind: 'flood', bytes: 64 * 1_024 * 1_024 },
  redirectTo: (location: string, status = 302): Fault => ({
    kind: 'answer',
    status,
    headers: { location },
  }),
  tooManyRequests: (retryAfterSeconds: number): Fault => ({
    kind: 'answer',
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds), 'content-type': 'application/json' },
    body: '{}',
  }),
  json: (value: unknown, status = 200): Fault => ({
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    body: JSON.stringify(value),
  }),
} as const satisfies Record<string, Fault | ((...args: never[]) => Fault)>

export interface ConsentOptions {
  /** Slug of a test person; `minjun` by default. */
  person?: string
  /** What is ticked; everything by default. */
  agree?: Agreeable[]
  action?: 'agree' | 'cancel' | 'error'
  /** Which error to come back with, for the action `error`. */
  error?: string
  mishap?: Mishap
}

interface Options {
  /** The authorize step first redirects to the same path at a second origin. */
  hop?: boolean
  /** The simulators' clock, milliseconds since the epoch. */
  now?: () => number
  hangMs?: number
}

/**
 * Simulated Naver and Kakao on their own port, at the real providers' paths. Each test
 * registers its own apps.
 */
export class ProviderServer {
  readonly kakao: SandboxKakao
  readonly naver: SandboxNaver
  readonly calls: RecordedCall[] = []

  /** The origin of both providers, for authorize and API alike. */
  origin = ''
  /** Runs before the answer to each call, whatever it will be; for events during a call. */
  beforeAnswer: ((path: string) => Promise<void>) | null = null
  /** The second origin, when there is a hop. */
  hopOrigin = ''

  readonly #simulators: Simulator[]
  readonly #faults: { path: string; fault: Fault; times: number }[] = []
  readonly #servers: Server[] = []

  constructor(options: Options) {
    this.kakao = new SandboxKakao(options)
    this.naver = new SandboxNaver(options)
    this.#simulators = [this.kakao, this.naver]
  }

  async listen(hop: boolean) {
    this.origin = await this.#listen()
    if (hop) this.hopOrigin = await this.#listen()
  }

  /** How many requests came to a path, optionally with this method. */
  count(path: string, method?: string): number {
    return this.callsTo(path).filter((call) => !method || call.method === method).length
  }

  callsTo(path: string): RecordedCall[] {
    return this.calls.filter((call) => call.path === path)
  }

  /** The most recent request to a path; throws if there was none. */
  lastCallTo(path: string): RecordedCall {
    const call = this.callsTo(path).at(-1)
    if (!call) throw new Error(`Nothing has called ${path}`)
    return call
  }

  /**
   * Spoils the next answers of a path, or of every path with `*`: one, `times`, or all
   * with `Infinity`. Faults apply in the order given.
   */
  spoil(path: string, fault: Fault, times = 1) {
    this.#faults.push({ path, fault, times })
  }

  /** Answers properly again. */
  mend() {
    this.#faults.length = 0
  }

  /** Back to the initial state: no apps, consents, tokens, faults or recorded calls. */
  reset() {
    this.mend()
    this.beforeAnswer = null
    this.calls.length = 0
    for (const simulator of this.#simulators) simulator.reset()
  }

  async close() {
    await Promise.all(
      this.#servers.map((server) => {
        server.closeAllConnections()
        return new Promise((resolve) => server.close(resolve))
      })
    )
  }

  /**
   * Plays the person's browser from the authorize address on, over HTTP.
   *
   * @returns the callback address to which the provider sends the browser
   * @throws when the provider shows an error page instead of asking
   */
  async consent(authorizeUrl: string | URL, options: ConsentOptions = {}): Promise<string> {
    let page = await fetch(authorizeUrl, { redirect: 'manual' })
    let address = String(authorizeUrl)
    for (let hops = 0; page.status === 302 && hops < 5; hops++) {
      address = new URL(page.headers.get('location')!, address).href
      if (!this.#isOurs(address)) return address
      page = await fetch(address, { redirect: 'manual' })
    }

    const shown = new Markup(await page.text())
    const [action] = shown.actions
    if (!action) {
      const [title] = shown.wordsOf('title')
      throw new Error(`The provider does not ask for consent: ${page.status} ${title}`)
    }

    const form = new URLSearchParams({
      person: options.person ?? 'minjun',
      action: options.action ?? 'agree',
      error: options.error ?? '',
      mishap: options.mishap ?? '',
    })
    for (const item of options.agree ?? ['email', 'name', 'nickname']) form.append('agree', item)
    const target = new URL(action, address)
    const answer = await fetch(target, { method: 'POST', body: form, redirect: 'manual' })
    const location = answer.headers.get('location')
    if (answer.status !== 302 || !location) {
      throw new Error(`The consent was not taken: ${answer.status}`)
    }
    return location
  }

  /**
   * Plays a person who removes an app from their list of connected services, over HTTP:
   * the link and its tokens end, and the app is told at its registered address.
   *
   * @param notice which kind of notice; by default the first that the provider has
   * @returns what the page then says about the result
   */
  async disconnect(
    driver: 'kakao' | 'naver',
    { person = 'minjun', clientId = `${driver}-client-id`, notice = '' } = {}
  ): Promise<string> {
    const kind = notice || { kakao: 'webhook', naver: 'notice' }[driver]
    const answer = await fetch(this.origin + this[driver].servicesPath, {
      method: 'POST',
      body: new URLSearchParams({ person, client_id: clientId, notice: kind }),
    })
    const shown = new Markup(await answer.text())
    return shown.wordsOf('[role=alert], [role=status]')[0] ?? ''
  }

  #isOurs(address: string) {
    return [this.origin, this.hopOrigin].includes(new URL(address).origin)
  }

  async #listen() {
    const server: Server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo
      this.#respond(request, response, `http://127.0.0.1:${port}`).catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#servers.push(server)
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async #respond(request: IncomingMessage, response: ServerResponse, origin: string) {
    const url = new URL(request.url ?? '/', origin)
    const form = await readForm(request)
    if (form === null) return response.writeHead(413).end()

    const simulator = this.#simulators.find((one) => one.serves(url.pathname))
    registerAsked(form)
    const call = {
      provider: simulator?.key ?? null,
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      form,
      headers: plainHeaders(request),
      origin,
    }
    this.calls.push(call)

    const fault = this.#nextFault(url.pathname)
    await this.beforeAnswer?.(url.pathname)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'reset') return request.socket.resetAndDestroy()
    if (fault?.kind === 'answer') {
      registerIssued(fault.headers?.location, String(fault.body ?? ''))
      return response.writeHead(fault.status, fault.headers).end(fault.body)
    }
    if (fault?.kind === 'flood') return flood(response, fault)

    if (!simulator) return response.writeHead(404).end()
    if (this.hopOrigin && origin === this.origin && simulator.isAuthorize(url.pathname)) {
      const location = this.hopOrigin + url.pathname + url.search
      return response.writeHead(302, { location, 'content-length': '0' }).end()
    }

    const answer = await simulator.answer({ ...call, mount: '', locale: 'ko', translate: t })
    registerIssued(answer.headers.location, answer.body)
    if (answer.delayMs) await wait(answer.delayMs, undefined, { ref: false })
    return send(response, answer, fault)
  }

  #nextFault(path: string): Fault | undefined {
    const index = this.#faults.findIndex((one) => one.path === path || one.path === '*')
    if (index === -1) return undefined
    const planned = this.#faults[index]
    planned.times -= 1
    if (planned.times <= 0) this.#faults.splice(index, 1)
    return planned.fault
  }
}

async function send(response: ServerResponse, answer: SandboxResponse, fault?: Fault) {
  const body = Buffer.from(answer.body)
  if (fault?.kind === 'delay') await wait(fault.ms, undefined, { ref: false })

  if (fault?.kind === 'truncate') {
    return response.writeHead(answer.status, answer.headers).end(body.subarray(0, fault.bytes))
  }

  const length = { 'content-length': String(body.length) }
  response.writeHead(answer.status, { ...answer.headers, ...length })
  if (fault?.kind === 'break_off') {
    response.write(body.subarray(0, fault.bytes))
    await wait(10)
    return response.destroy()
  }
  if (fault?.kind === 'drip') {
    const bytes = fault.bytes ?? 1
    for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
      response.write(body.subarray(at, at + bytes))
      await wait(fault.everyMs, undefined, { ref: false })
    }
    return response.end()
  }
  return response.end(body)
}

async function flood(response: ServerResponse, { bytes, status = 200 }: Fault & { kind: 'flood' }) {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' })
  const chunk = Buffer.alloc(65_536, 'a')
  function* endlessText() {
    yield Buffer.from('{"access_token":"')
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk
  }
  /* A reader that has had enough hangs up; that is not our failure. */
  await pipeline(endlessText, response).catch(() => {})
}

/** Starts both simulated providers; the caller closes them. */
export async function startProviderServer(options: Options = {}): Promise<ProviderServer> {
  const server = new ProviderServer(options)
  await server.listen(options.hop ?? false)
  return server
}
