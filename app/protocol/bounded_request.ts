import { channel } from 'node:diagnostics_channel'
import { ApiRequest } from '@adonisjs/ally'
import { ProtocolFailure } from '#protocol/failure'

/** A provider's answer: its status, and the JSON object in its body. */
export interface ProviderAnswer {
  status: number
  body: Record<string, unknown>
}

const LARGEST_BODY = 256 * 1024

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
      const response = await fetch(url, {
        method,
        headers: { accept: 'application/json', ...this.getHeaders() },
        body: method === 'POST' ? new URLSearchParams(this.getFields()) : undefined,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      const text = await readText(response)
      return readAnswer(response.status, text === '' && this.#mayBeEmpty ? '{}' : text)
    } catch (error) {
      if (error instanceof ProtocolFailure) throw error
      if ((error as Error).name === 'TimeoutError') throw new ProtocolFailure('provider_timeout')
      throw new ProtocolFailure('provider_unreachable', networkCode(error))
    }
  }
}

/**
 * Why the connection failed or the answer broke off: `ENOTFOUND`, `ECONNREFUSED`,
 * `CERT_HAS_EXPIRED` and so on. The error's message is dropped because it names hosts
 * and addresses.
 */
function networkCode(error: unknown): unknown {
  return (error as { cause?: { code?: unknown } }).cause?.code
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return ''

  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    /* Leaving the loop cancels the download. */
    if (size > LARGEST_BODY) throw new ProtocolFailure('answer_unreadable', response.status)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
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
