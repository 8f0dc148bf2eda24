import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { BoundedRequest } from '#social/bounded_request'
import { SocialFailure } from '#social/failure'

/* All of it in milliseconds. Kakao wants an answer to an event within three seconds (docs/protocol/kakao.md#notices). */
const TIMEOUT = 2_000
const GOOD_FOR = 10 * 60_000
/* Anybody can send an event that names a key which does not exist. */
const ASK_FOR_UNKNOWN_EVERY = 60_000
const ASK_EVERY = 1_000

type KeySet = ReturnType<typeof createLocalJWKSet>

/**
 * The public keys that a provider signs with, kept in this process. They are
 * fetched for whoever sends something signed, before it is known who that is:
 * so by one bounded call at a time, and seldom.
 */
export class SigningKeys {
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
   * @throws SocialFailure when its keys cannot be had now
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#keys === null || this.#staleAt <= Date.now()) {
      if (!(await this.#ask(ASK_EVERY))) throw new SocialFailure('provider_unreachable')
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
      /* Less than nothing: the clock has been set back. */
      if (sinceThen >= 0 && sinceThen < rest) return false
      this.#askedAt = at
      this.#asking = this.#fetch().finally(() => (this.#asking = null))
    }
    await this.#asking
    return true
  }

  async #fetch() {
    const { status, body } = await new BoundedRequest(this.#url, { timeoutMs: TIMEOUT }).get()
    if (status !== 200) throw new SocialFailure('answer_unreadable', status)
    try {
      this.#keys = createLocalJWKSet(body as unknown as JSONWebKeySet)
    } catch {
      throw new SocialFailure('answer_unreadable', status)
    }
    this.#staleAt = Date.now() + GOOD_FOR
  }
}
