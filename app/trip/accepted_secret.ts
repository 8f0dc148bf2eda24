import type ProviderCredential from '#models/provider_credential'
import { ProtocolFailure } from '#protocol/failure'

/**
 * Makes a call that names a client and its secret. If the provider refuses the
 * secret, repeats the call once with the client's first other live secret. A console
 * may end the old secret the moment it issues a new one, and a code or token refused
 * because of the secret has not been used up.
 *
 * @returns what the call returned, and the credential that was accepted
 */
export async function withAcceptedSecret<T>(
  credential: ProviderCredential,
  call: (credential: ProviderCredential) => Promise<T>
): Promise<{ value: T; credential: ProviderCredential }> {
  try {
    return { value: await call(credential), credential }
  } catch (error) {
    if (!secretWasRefused(error)) throw error
    const [other] = await credential.othersOfClient()
    if (!other) throw error
    return { value: await call(other), credential: other }
  }
}

export function secretWasRefused(error: unknown): boolean {
  return error instanceof ProtocolFailure && error.failure === 'secret_refused'
}
