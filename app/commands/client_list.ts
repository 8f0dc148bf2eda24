import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class ClientList extends BaseCommand {
  static commandName = 'client:list'
  static description = 'Show the sites that sign in through this one'
  static options: CommandOptions = { startApp: true }

  @flags.boolean({ description: 'Print JSON' })
  declare json?: boolean

  async run() {
    const { default: Client } = await import('#models/oidc/client')
    const clients = await Client.query().preload('secrets').orderBy('clientId')
    const rows = clients.map((client) => ({
      clientId: client.clientId,
      name: client.name,
      kind: client.kind,
      thirdParty: client.thirdParty,
      pairwise: client.isPairwise,
      enabled: client.isEnabled,
      sandbox: client.sandbox,
      redirectUris: client.redirectUris,
      postLogoutRedirectUris: client.postLogoutRedirectUris,
      backchannelLogoutUri: client.backchannelLogoutUri ?? null,
      webhookUrl: client.webhookUrl ?? null,
      inside: client.inside,
      scopes: client.scopes,
      homeUrl: client.homeUrl,
      privacyUrl: client.privacyUrl,
      secondFactorOnly: client.secondFactorOnly,
      closedToNewcomers: client.closedToNewcomers,
      accessTokenMinutes: client.accessTokenMinutes,
      refreshTokenDays: client.refreshTokenDays,
      secrets: client.secrets
        .filter((secret) => secret.isAlive)
        .map((secret) => ({
          tail: secret.secretTail,
          createdAt: secret.createdAt.toISO(),
          retireUntil: secret.retireUntil?.toISO() ?? null,
          lastUsedAt: secret.lastUsedAt?.toISO() ?? null,
        })),
    }))
    if (this.json) return this.logger.log(JSON.stringify(rows, null, 2))
    if (rows.length === 0) return this.logger.log('No site signs in through this one.')
    const table = this.ui.table().head(['client_id', 'Name', 'Kind', 'State', 'Redirects to'])
    for (const row of rows) {
      const state = (row.enabled ? 'on' : 'off') + (row.sandbox ? ' (sandbox)' : '')
      table.row([row.clientId, row.name, row.kind, state, row.redirectUris.join(' ')])
    }
    table.render()
  }
}
