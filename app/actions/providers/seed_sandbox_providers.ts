import { inTransaction } from '#database/transaction'
import env from '#start/env'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { now } from '#time/clock'
import type { SandboxRow } from '#sandbox/simulator'

/**
 * Creates a working row for every simulated provider, unless a provider of that key
 * exists. Runs when the app starts; several processes may do so at once.
 */
export class SeedSandboxProviders {
  /** Creates the missing rows; does nothing without SANDBOX. */
  async handle(): Promise<void> {
    if (!env.get('SANDBOX')) return

    /* Never loaded without SANDBOX. */
    const { simulators } = await import('#sandbox/registry')
    for (const [position, [key, { row }]] of Object.entries(simulators).entries()) {
      const known = await Provider.findBy('key', key)
      if (known) {
        await this.#giveAdminKey(known, row)
        continue
      }
      await this.#create(key, row, position)
    }
  }

  /** A row of an earlier version has no admin key and would refuse every notice. */
  async #giveAdminKey(provider: Provider, { adminKey }: SandboxRow) {
    if (!provider.sandbox || provider.adminKey || adminKey === null) return
    provider.keepAdminKey(adminKey)
    await provider.save()
  }

  /** Does nothing if another process was quicker. */
  #create(key: string, row: SandboxRow, position: number) {
    return inTransaction(async (client) => {
      if (await Provider.findBy('key', key, { client })) return

      const provider = await Provider.create(
        {
          key,
          driver: key,
          label: row.label,
          enabled: true,
          position,
          scopes: [],
          requiredFields: ['email', 'name'],
          emailPolicy: row.emailPolicy,
          sandbox: true,
        },
        { client }
      )
      if (row.adminKey !== null) provider.keepAdminKey(row.adminKey)

      const credential = new ProviderCredential()
      credential.fill({
        providerId: provider.id,
        clientId: row.clientId,
        status: 'active',
        activatedAt: now(),
      })
      credential.keepSecret(row.clientSecrets[0])
      await credential.useTransaction(client).save()

      await provider.merge({ activeCredentialId: credential.id }).save()
    })
  }
}
