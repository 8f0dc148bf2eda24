import type { HttpContext } from '@adonisjs/core/http'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import type SignInAttempt from '#models/sign_in_attempt'
import { SecretUnreadable } from '#models/sealed'
import type { Arrived } from '#social/arrival'
import { driverFor } from '#social/driver_for'
import { exchangeInTurn } from '#social/exchange'
import { SocialFailure } from '#social/failure'
import type { Profile } from '#social/profile'
import type { Step } from '#social/step'
import type { TokenSet } from '#social/token_set'

export interface Inquiry {
  tokens: TokenSet
  profile: Profile
  /** Which credential the provider accepted: the attempt's, or in its place another secret. */
  credential: ProviderCredential
}

/**
 * Asks the provider: code for tokens, tokens for a profile. Notes each step in
 * the attempt, which the caller saves.
 *
 * @throws SocialFailure
 */
export async function inquire(
  ctx: HttpContext,
  provider: Provider,
  { attempt, credential, trip }: Arrived
): Promise<Inquiry> {
  const exchangeWith = (candidate: ProviderCredential) =>
    note(attempt, 'token', () => driverFor(ctx, provider, candidate, trip).exchange())

  const { tokens, accepted } = await exchangeInTurn(attempt, credential, exchangeWith)
  const driver = driverFor(ctx, provider, accepted, trip)
  const profile = await note(attempt, 'profile', () => driver.profile(tokens.accessToken))
  return { tokens, profile, credential: accepted }
}

/** Runs one step and adds to the attempt what it was, how long it took and how it ended. */
async function note<T>(
  attempt: SignInAttempt,
  name: Step['name'],
  run: () => Promise<T>
): Promise<T> {
  const begun = performance.now()
  const end = (result: Step['result'], code: string | null = null) => {
    const ms = Math.round(performance.now() - begun)
    attempt.steps = [...attempt.steps, code ? { name, ms, result, code } : { name, ms, result }]
  }

  try {
    const value = await run()
    end('ok')
    return value
  } catch (error) {
    const failure = asFailure(error)
    end(failure.failure, failure.providerCode)
    throw failure
  }
}

function asFailure(error: unknown): SocialFailure {
  if (error instanceof SocialFailure) return error
  if (error instanceof SecretUnreadable) return new SocialFailure('secret_unreadable')
  throw error
}
