import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { withAcceptedSecret } from '#trip/accepted_secret'
import type { Driver } from '#protocol/driver'
import { driverFor } from '#trip/driver_for'

/**
 * Makes a call to a provider, without a browser, as the client that somebody's tokens
 * were issued to.
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
  const credential =
    (await ProviderCredential.liveFor(provider.id, clientId)) ??
    (await ProviderCredential.draftFor(provider.id, clientId))
  if (credential === null) return { value: await call(driverFor(provider, null)), credential }
  return withAcceptedSecret(credential, (candidate) => call(driverFor(provider, candidate)))
}
