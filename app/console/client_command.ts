import { args, BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse } from '#console/refusal'

/** A command that does one thing to a registered site. */
export abstract class ClientCommand extends BaseCommand {
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'client_id of the site' })
  declare clientId: string

  /** @param done what the site then is */
  protected async change(deed: 'enable' | 'disable' | 'delete', done: string) {
    const { ChangeClient } = await import('#actions/clients/change_client')
    const { commandActor } = await import('#audit/actor')
    const change = await new ChangeClient().handle(this.clientId, { deed }, commandActor())
    if (change.kind !== 'unknown') return this.logger.success(`${this.clientId} is ${done}.`)
    refuse(this, 'There is no site with this client_id.')
  }
}
