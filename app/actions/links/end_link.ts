import { DRIVERS } from '#protocol/drivers'
import Provider from '#models/provider'
import type Revocation from '#models/revocation'
import { now } from '#time/clock'
import { callAsClient } from '#trip/client_call'
import type { Driver } from '#protocol/driver'
import { driverFor } from '#trip/driver_for'
import { ProtocolFailure } from '#protocol/failure'
import { asFailure, type FailureName } from '#trip/failure'

export type LinkEnd =
  | { kind: 'ended' }
  /** The account is linked again, or its provider is gone. */
  | { kind: 'unwanted' }
  /** Somebody may be about to link it. */
  | { kind: 'too_early' }
  /** `forGood`: there is nothing to ask the provider with, now or later. */
  | { kind: 'failed'; reason: string; forGood: boolean }

/** Failures after which the admin key may still work. */
const TOKENS_ARE_NO_USE: FailureName[] = [
  'token_refused',
  'grant_gone',
  'credential_revoked',
  'secret_refused',
  'secret_unreadable',
  'client_unknown',
]

/** No longer wanted, or not yet: found out right before a call. */
class Unwanted extends Error {
  constructor(readonly reason: 'unwanted' | 'too_early') {
    super(reason)
  }
}

/**
 * Ends a link at its provider: with the tokens kept for that, refreshed if need be, or
 * else with the admin key where the provider has one. The caller has leased the
 * revocation, and records the outcome.
 */
export class EndLink {
  async handle(revocation: Revocation): Promise<LinkEnd> {
    const provider = await Provider.find(revocation.providerId)
    if (!provider) return { kind: 'unwanted' }
    try {
      return await new Unlinking(revocation, provider).end()
    } catch (error) {
      if (error instanceof Unwanted) return { kind: error.reason }
      const { failure, providerCode } = asFailure(error)
      const reason = providerCode === null ? failure : `${failure} ${providerCode}`
      return { kind: 'failed', reason, forGood: false }
    }
  }
}

/** One try. */
class Unlinking {
  constructor(
    private revocation: Revocation,
    private provider: Provider
  ) {}

  async end(): Promise<LinkEnd> {
    const { accessToken, refreshToken } = this.revocation
    if (accessToken === null && refreshToken === null) {
      return this.#byAdminKey({ kind: 'failed', reason: 'no_token', forGood: true })
    }
    try {
      await this.#byTokens()
      return { kind: 'ended' }
    } catch (error) {
      if (error instanceof Unwanted) throw error
      const { failure, providerCode } = asFailure(error)
      if (!TOKENS_ARE_NO_USE.includes(failure)) throw error
      if (failure === 'grant_gone' && !this.#mayHaveExpired) return { kind: 'ended' }
      const reason = providerCode === null ? failure : `${failure} ${providerCode}`
      return this.#byAdminKey({ kind: 'failed', reason, forGood: false })
    }
  }

  async #byTokens() {
    const { revocation } = this
    const tokens = revocation.revealTokens()
    try {
      await this.#call((driver) => driver.endLink(tokens))
    } catch (error) {
      if (!isRefusedToken(error) || tokens.refreshToken === null) throw error
      const fresh = await this.#call((driver) => driver.refresh(tokens))
      await revocation.saveRefreshedTokens(fresh)
      await this.#call((driver) => driver.endLink(fresh))
    }
  }

  async #call<T>(call: (driver: Driver) => Promise<T>): Promise<T> {
    const { revocation, provider } = this
    const { value } = await callAsClient(provider, revocation.tokenClientId, async (driver) => {
      await this.#insistOnWanted()
      return call(driver)
    })
    return value
  }

  /** @param otherwise the result where there is no such key */
  async #byAdminKey(otherwise: LinkEnd): Promise<LinkEnd> {
    const driver = driverFor(this.provider, null)
    /* A trial may be of another application, in which this id belongs to somebody else. */
    if (!driver.endLinkBySubject || this.revocation.cause === 'tried') return otherwise

    const keys = this.provider.revealAdminKeys()
    for (const key of keys) {
      await this.#insistOnWanted()
      try {
        await driver.endLinkBySubject(this.revocation.subject, key)
        return { kind: 'ended' }
      } catch (error) {
        if (!isRefusedToken(error)) throw error
      }
    }
    const reason = keys.length === 0 ? 'admin_key_missing' : 'admin_key_refused'
    return { kind: 'failed', reason, forGood: false }
  }

  async #insistOnWanted() {
    const answer = await this.revocation.claimBeforeCall(this.provider)
    if (answer !== 'wanted') throw new Unwanted(answer)
  }

  /**
   * Whether a refresh token could have been refused for its age alone. If not, it was
   * put out of use: by the person, or by a call of ours whose answer was lost.
   */
  get #mayHaveExpired() {
    const { refreshTokenDays } = DRIVERS[this.provider.driver]
    const { tokenExpiresAt } = this.revocation
    if (refreshTokenDays === null || !tokenExpiresAt) return true
    return tokenExpiresAt.plus({ days: refreshTokenDays }) < now()
  }
}

function isRefusedToken(error: unknown) {
  return error instanceof ProtocolFailure && error.failure === 'token_refused'
}
