import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import type { Driver } from '#protocol/driver'
import { ProtocolFailure } from '#protocol/failure'
import { driverFor } from '#trip/driver_for'

/* How many more secrets of a client may be tried after the first was refused. */
const MOST_OTHERS = 3

/** @param tried the ids of credentials that were refused already */
export function mayTryMore(tried: ReadonlySet<number>): boolean {
  return tried.size <= MOST_OTHERS
}

/**
 * Another secret of the same client, for a call that names the client: a console may end
 * the old secret the moment it issues a new one, and a code or token refused because of
 * the secret is not used up.
 *
 * @returns `null` if none is left, or if enough were wrong
 */
export async function otherSecret(
  credential: ProviderCredential,
  tried: ReadonlySet<number> = new Set()
): Promise<ProviderCredential | null> {
  if (!mayTryMore(tried)) return null
  const others = await credential.othersOfClient()
  return others.find(({ id }) => !tried.has(id)) ?? null
}

export function secretWasRefused(error: unknown): boolean {
  return error instanceof ProtocolFailure && error.failure === 'secret_refused'
}

/**
 * Makes a call to a provider, without a browser, as the client that somebody's tokens
 * were issued to. If the provider refuses the secret, the call is repeated once with
 * another.
 *
 * @param clientId that client's id; `null` when it was not recorded
 * @returns what the call returned, and the credential that was accepted, if there was one
 * @throws ProtocolFailure, SecretUnreadable
 */
export async function callAsClient<T>(
  provider: Provider,
  clientId: string | null,
  call: (driver: Driver) => Promise<T>
): Promise<{ value: T; credential: ProviderCredential | null }> {
  const callWith = async (credential: ProviderCredential | null) => ({
    value: await call(driverFor(provider, credential)),
    credential,
  })
  const credential =
    (await ProviderCredential.liveFor(provider.id, clientId)) ??
    (await ProviderCredential.draftFor(provider.id, clientId))
  try {
    return await callWith(credential)
  } catch (error) {
    if (!credential || !secretWasRefused(error)) throw error
    const other = await otherSecret(credential)
    if (!other) throw error
    return callWith(other)
  }
}
