import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { BoundedRequest } from '#protocol/bounded_request'
import { ProtocolFailure } from '#protocol/failure'

/*
 * All in milliseconds. Kakao expects an answer to an event within three seconds
 * (docs/protocol/kakao.md#notices).
 */
const TIMEOUT = 2_000
const GOOD_FOR = 10 * 60_000
/* Anybody can send an event that names a nonexistent key. */
const ASK_FOR_UNKNOWN_EVERY = 60_000
const ASK_EVERY = 1_000

type KeySet = ReturnType<typeof createLocalJWKSet>

const known = new Map<string, SigningKeys>()

/** The keys at an address; every caller in this process shares them. */
export function signingKeysAt(url: string): SigningKeys {
  const keys = known.get(url) ?? new SigningKeys(url)
  known.set(url, keys)
  return keys
}

/**
 * The public keys that verify a provider's signatures, cached in this process. Any sender
 * of something signed can trigger a fetch before we know who it is, so fetches are bounded,
 * rare and never concurrent.
 */
class SigningKeys {
  readonly #url: string
  #keys: KeySet | null = null
  #staleAt = 0
  #askedAt = 0
  #asking: Promise<void> | null = null

  constructor(url: string) {
    this.#url = url
  }

  /**
   * Finds the key that a token names.
   *
   * @throws JWKSNoMatchingKey when the provider has no such key
   * @throws ProtocolFailure when its keys are unavailable right now
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#keys === null || this.#staleAt <= Date.now()) {
      if (!(await this.#ask(ASK_EVERY))) throw new ProtocolFailure('provider_unreachable')
    }
    try {
      return await this.#keys!(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      if (!(await this.#ask(ASK_FOR_UNKNOWN_EVERY))) throw error
      return this.#keys!(header, token)
    }
  }

  /** @returns `false` when the last call was less than `rest` milliseconds ago */
  async #ask(rest: number): Promise<boolean> {
    if (this.#asking === null) {
      const at = Date.now()
      const sinceThen = at - this.#askedAt
      /* A negative value means that the clock has been set back. */
      if (sinceThen >= 0 && sinceThen < rest) return false
      this.#askedAt = at
      this.#asking = this.#fetch().finally(() => (this.#asking = null))
    }
    await this.#asking
    return true
  }

  async #fetch() {
    const { status, body } = await new BoundedRequest(this.#url, { timeoutMs: TIMEOUT }).get()
    if (status !== 200) throw new ProtocolFailure('answer_unreadable', status)
    try {
      this.#keys = createLocalJWKSet(body as unknown as JSONWebKeySet)
    } catch {
      throw new ProtocolFailure('answer_unreadable', status)
    }
    this.#staleAt = Date.now() + GOOD_FOR
  }
}
