import { RemindOfSecret } from '#actions/credentials/remind_of_secret'
import type { Job } from '#jobs/job'
import { now, sqlTime } from '#time/clock'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

/** Reminds administrators of secrets that have grown old, where people sign in with them. */
export class RemindOfSecrets implements Job {
  readonly name = 'old secrets'
  readonly everyMs = 60 * 60 * 1_000

  async handle(signal?: AbortSignal) {
    const inUse = Provider.query()
      .withScopes((scopes) => scopes.usable())
      .where('sandbox', false)
    const old = await ProviderCredential.query()
      .where('status', 'active')
      .whereNotNull('clientSecret')
      .whereNull('remindedAt')
      .where('createdAt', '<=', sqlTime(now().minus(ProviderCredential.OLD_AFTER)))
      .whereIn('providerId', inUse.select('id'))

    let reminded = 0
    for (const credential of old) {
      if (signal?.aborted) break
      if (await new RemindOfSecret().handle(credential)) reminded++
    }
    return { reminded }
  }
}
