import Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import type { Verdict } from '#models/provider_credential'
import { driverFor } from '#trip/driver_for'
import { asFailure } from '#trip/failure'

/**
 * Asks the provider whether the keys are right, without anybody signing in, and stores
 * the answer with them. Takes as long as one call may (five seconds).
 */
export class CheckKeys {
  async handle(credential: ProviderCredential): Promise<Verdict> {
    const provider = await Provider.findOrFail(credential.providerId)
    try {
      await driverFor(provider, credential).checkKeys()
    } catch (error) {
      const { failure, providerCode } = asFailure(error)
      await credential.noteCheck(failure, providerCode)
      return credential.verdict
    }
    await credential.noteCheck('ok', null)
    return credential.verdict
  }
}
