import { args, BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class ClientDisable extends BaseCommand {
  static commandName = 'client:disable'
  static description = 'Let a site sign in no more, and end what it was given'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'client_id of the site' })
  declare clientId: string

  async run() {
    const { ChangeClient } = await import('#actions/change_client')
    const { commandActor } = await import('#audit/actor')
    const change = await new ChangeClient().handle(
      this.clientId,
      { deed: 'disable' },
      commandActor()
    )
    if (change.kind === 'unknown') {
      this.logger.error('There is no site with this client_id.')
      this.exitCode = 1
      return
    }
    this.logger.success(`${this.clientId} is switched off.`)
  }
}
