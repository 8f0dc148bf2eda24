import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse } from '#console/refusal'
import type User from '#models/user'
import { normalizeEmail } from '#text/email'

export default class SecondFactorReset extends BaseCommand {
  static commandName = 'second_factor:reset'
  static description = 'Switch off the second factor of somebody who has lost it'
  static help = [
    'Ends all their sessions; they sign in by password or provider, and set it up again:',
    '  {{ binaryName }}second_factor:reset --email=you@example.com',
    'Make sure that it really is them asking.',
  ]
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: 'Address of the account' })
  declare email?: string

  @flags.string({ description: 'Public id of the account, if it has no address' })
  declare id?: string

  async run() {
    const user = await this.#find()
    if (!user) return

    const { commandActor } = await import('#audit/actor')
    const { ResetSecondFactor } = await import('#actions/second_factor/reset_second_factor')
    const who = user.email ?? user.publicId
    const reset = await new ResetSecondFactor().handle(user, commandActor())
    if (reset === 'none') return refuse(this, `${who} has no second factor.`)
    this.logger.success(`The second factor of ${who} is off, and all their sessions have ended.`)
  }

  async #find(): Promise<User | null> {
    /* Not at the top: ace imports every command to list them, before the app is booted. */
    const { default: Users } = await import('#models/user')
    if (Boolean(this.email) === Boolean(this.id)) {
      return refuse(this, 'Give either --email or --id.')
    }
    const user = this.email
      ? await Users.withEmail(normalizeEmail(this.email))
      : await Users.findBy('publicId', this.id!)
    return user ?? refuse(this, 'There is no such account.')
  }
}
