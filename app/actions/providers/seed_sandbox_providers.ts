import { inTransaction } from '#database/transaction'
import env from '#start/env'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { now } from '#time/clock'
import type { SandboxRow } from '#sandbox/simulator'

/**
 * Gives every simulated provider a row that works at once, where no provider of
 * that key exists. For the start of the app; several processes may do it at once.
 */
export class SeedSandboxProviders {
  /** Makes the missing rows; nothing without SANDBOX. */
  async handle(): Promise<void> {
    if (!env.get('SANDBOX')) return

    /* Without SANDBOX it is never loaded. */
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

  /** A row of an earlier version has none, and would refuse every notice. */
  async #giveAdminKey(provider: Provider, { adminKey }: SandboxRow) {
    if (!provider.sandbox || provider.adminKey || adminKey === null) return
    provider.keepAdminKey(adminKey)
    await provider.save()
  }

  /** Makes nothing when another process was quicker. */
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
