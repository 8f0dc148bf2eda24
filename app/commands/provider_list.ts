import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type Provider from '#models/provider'

export default class ProviderList extends BaseCommand {
  static commandName = 'provider:list'
  static description = 'List the providers; secrets are never shown'
  static options: CommandOptions = { startApp: true }

  @flags.boolean({ description: 'Print JSON' })
  declare json?: boolean

  async run() {
    /* Not at the top: ace imports every command to list them, before the app is booted. */
    const { default: Providers } = await import('#models/provider')
    const providers = await Providers.query()
      .preload('activeCredential')
      .withScopes((scopes) => scopes.inOrder())
    const { callbackUrl } = await import('#trip/driver_for')
    const rows = providers.map((provider) => this.#describe(provider, callbackUrl(provider)))

    if (this.json) {
      process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
      return
    }
    const table = this.ui.table().head(['Key', 'Driver', 'On', 'Client id', 'Callback URL'])
    for (const row of rows) {
      const on = row.enabled ? 'yes' : 'no'
      table.row([row.key, row.driver, on, row.clientId ?? '-', row.callbackUrl])
    }
    table.render()
  }

  /** The keys are a contract with people's scripts. */
  #describe(provider: Provider, callbackUrl: string) {
    return {
      key: provider.key,
      driver: provider.driver,
      label: provider.label,
      enabled: provider.enabled,
      hidden: provider.hidden,
      sandbox: provider.sandbox,
      clientId: provider.activeCredential?.clientId ?? null,
      secretLength: provider.activeCredential?.secretLength ?? null,
      callbackUrl,
      emailPolicy: provider.emailPolicy,
      requiredFields: provider.requiredFields,
    }
  }
}
