import { randomToken } from '#crypto/random_token'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import { driverFor } from '#trip/driver_for'
import { asFailure, type FailureName } from '#trip/failure'

/* These are answers too, if only "no" to something invented. */
const ANSWERS: readonly FailureName[] = ['code_refused', 'token_refused', 'profile_refused']

/**
 * Asks a provider for tokens with an invented code, and for a profile with an invented
 * token: a provider that works says no to both. Visitors can make trips fail; they
 * cannot make this fail.
 *
 * @returns what prevents every sign-in; `null` if nothing does, as far as can be seen
 *   without a person
 */
export async function probe(
  provider: Provider,
  credential: ProviderCredential
): Promise<FailureName | null> {
  try {
    const driver = driverFor(provider, credential)
    for (const ask of [() => driver.checkKeys(), () => driver.person(randomToken())]) {
      const failure = await refusal(ask)
      if (failure !== null) return failure
    }
    return null
  } catch (error) {
    return asFailure(error).failure
  }
}

async function refusal(ask: () => Promise<unknown>): Promise<FailureName | null> {
  try {
    await ask()
    return null
  } catch (error) {
    const { failure } = asFailure(error)
    return ANSWERS.includes(failure) ? null : failure
  }
}
