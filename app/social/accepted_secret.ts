import ProviderCredential from '#models/provider_credential'
import { SocialFailure } from '#social/failure'

/**
 * Makes a call that names a client and its secret; once more with the newest
 * other live secret of that client if the provider refuses the first. A console
 * may end the old secret the moment it issues a new one, and what was refused
 * for its secret has not been used up.
 *
 * @returns what the call gave, and the credential that was accepted
 */
export async function withAcceptedSecret<T>(
  credential: ProviderCredential,
  call: (credential: ProviderCredential) => Promise<T>
): Promise<{ value: T; credential: ProviderCredential }> {
  try {
    return { value: await call(credential), credential }
  } catch (error) {
    const other = secretWasRefused(error) && (await newestOtherSecret(credential))
    if (!other) throw error
    return { value: await call(other), credential: other }
  }
}

function secretWasRefused(error: unknown) {
  return error instanceof SocialFailure && error.failure === 'secret_refused'
}

function newestOtherSecret(refused: ProviderCredential) {
  return ProviderCredential.query()
    .where('providerId', refused.providerId)
    .where('clientId', refused.clientId)
    .whereIn('status', ['active', 'retiring'])
    .whereNot('id', refused.id)
    .orderBy('id', 'desc')
    .first()
}
