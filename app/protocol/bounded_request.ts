import { channel } from 'node:diagnostics_channel'
import { Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ApiRequest } from '@adonisjs/ally'
import { ProtocolFailure } from '#protocol/failure'

/** A provider's answer: its status, and the JSON object in its body. */
export interface ProviderAnswer {
  status: number
  body: Record<string, unknown>
}

const LARGEST_BODY = 256 * 1024

/* Only Node's own agents see to NODE_USE_ENV_PROXY by themselves. */
const proxyEnv = process.env.NODE_USE_ENV_PROXY === '1' ? process.env : undefined

/* A connection that rests longer may have been closed at the other end. In milliseconds. */
const REUSE = { keepAlive: true, timeout: 4_000, proxyEnv }
const agents = { http: new HttpAgent(REUSE), https: new HttpsAgent(REUSE) }

/* As `fetch` names itself, which takes three times the processor time. */
const HEADERS = {
  'accept': 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'node',
}
const FORM = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }

/** One call to a provider that has ended, as published on `PROVIDER_CALLS`. */
export interface ProviderCall {
  host: string
  /** `answered`, or the failure's name; an answer may still say no. */
  outcome: string
  seconds: number
}

/** Whoever watches calls subscribes to this channel of `node:diagnostics_channel`. */
export const PROVIDER_CALLS = 'daemun:provider_calls'

const calls = channel(PROVIDER_CALLS)

/**
 * Ally's request builder with our own transport. Ally's waits ten seconds per try,
 * obeys any `Retry-After`, follows redirects, reads bodies of any size, and puts the
 * client secret into its errors.
 *
 * Ours allows five seconds in total, no redirects, no retries and at most 256 KiB, and
 * its errors carry only a name.
 */
export class BoundedRequest extends ApiRequest {
  /** For a whole call, in milliseconds, unless the caller says otherwise. */
  static timeoutMs = 5_000

  readonly #url: string
  readonly #mayBeEmpty: boolean
  readonly #timeoutMs: number

  /**
   * @param options.mayBeEmpty accepts an answer without a body as an empty object
   * @param options.timeoutMs for the whole call, in milliseconds
   */
  constructor(url: string, { mayBeEmpty = false, timeoutMs = BoundedRequest.timeoutMs } = {}) {
    super(url)
    this.#url = url
    this.#mayBeEmpty = mayBeEmpty
    this.#timeoutMs = timeoutMs
  }

  async get(): Promise<ProviderAnswer> {
    return this.#timed('GET')
  }

  async post(): Promise<ProviderAnswer> {
    return this.#timed('POST')
  }

  async #timed(method: 'GET' | 'POST'): Promise<ProviderAnswer> {
    const began = performance.now()
    let outcome = 'answered'
    try {
      return await this.#send(method)
    } catch (error) {
      outcome = error instanceof ProtocolFailure ? error.failure : 'error'
      throw error
    } finally {
      const seconds = (performance.now() - began) / 1_000
      const call: ProviderCall = { host: new URL(this.#url).host, outcome, seconds }
      if (calls.hasSubscribers) calls.publish(call)
    }
  }

  async #send(method: 'GET' | 'POST'): Promise<ProviderAnswer> {
    const url = new URL(this.#url)
    for (const [name, value] of Object.entries(this.getParams())) {
      url.searchParams.set(name, String(value))
    }

    try {
      const { status, text } = await this.#exchange(url, method)
      return readAnswer(status, text === '' && this.#mayBeEmpty ? '{}' : text)
    } catch (error) {
      if (error instanceof ProtocolFailure) throw error
      throw new ProtocolFailure('provider_unreachable', networkCode(error))
    }
  }

  #exchange(url: URL, method: 'GET' | 'POST'): Promise<{ status: number; text: string }> {
    const fields = method === 'POST' ? new URLSearchParams(this.getFields()).toString() : ''
    const headers = {
      ...HEADERS,
      ...(method === 'POST' && { ...FORM, 'content-length': Buffer.byteLength(fields) }),
      ...this.getHeaders(),
    }
    const isPlain = url.protocol === 'http:'
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: isPlain ? agents.http : agents.https }
      const sent = (isPlain ? overHttp : overHttps)(url, options, (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode!, text }), end)
      })
      const end = (error: unknown) => {
        reject(error)
        sent.destroy()
      }
      const late = () => end(new ProtocolFailure('provider_timeout'))
      const timer = setTimeout(late, this.#timeoutMs)
      sent.on('error', end)
      sent.on('close', () => clearTimeout(timer))
      sent.end(fields)
    })
  }
}

/**
 * Why the connection failed or the answer broke off: `ENOTFOUND`, `ECONNREFUSED`,
 * `CERT_HAS_EXPIRED` and so on. The error's message is dropped because it names hosts
 * and addresses.
 */
function networkCode(error: unknown): unknown {
  return (error as { code?: unknown }).code
}

function readText(response: IncomingMessage): Promise<string> {
  const isPacked = response.headers['content-encoding'] === 'gzip'
  /* What breaks off breaks off the unpacking too, which says so. */
  const body: Readable = isPacked ? pipeline(response, createGunzip(), () => {}) : response
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.byteLength
      if (size <= LARGEST_BODY) return
      reject(new ProtocolFailure('answer_unreadable', response.statusCode))
    })
    body.on('end', () => resolve(new TextDecoder().decode(Buffer.concat(chunks))))
    body.on('error', reject)
  })
}

function readAnswer(status: number, text: string): ProviderAnswer {
  if (status >= 500) throw new ProtocolFailure('provider_unavailable', status)
  if (status === 429) throw new ProtocolFailure('provider_busy', status)

  const body = parseObject(text)
  if (body === null) throw new ProtocolFailure('answer_unreadable', status)
  return { status, body }
}

/**
 * Parses JSON without rounding: an integer beyond 2^53, which a provider's id may be,
 * becomes a string of its digits.
 *
 * @returns `null` unless the text is one JSON object
 */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text, keepLargeIntegers)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function keepLargeIntegers(_key: string, value: unknown, context?: { source?: string }) {
  const source = context?.source
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '')
    ? source
    : value
}
