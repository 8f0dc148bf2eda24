import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse } from '#console/refusal'

export default class SigningKeysRotate extends BaseCommand {
  static commandName = 'signing_keys:rotate'
  static description = 'Publish another key for ID tokens, which starts signing later'
  static help = [
    'Sites keep the published keys for a day at most; --after is how long they have to reload.',
    'With --now it signs at once and earlier keys are no longer published: for a leak.',
  ]
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: 'When it starts signing (default 24h)' })
  declare after?: string

  @flags.boolean({ description: 'It signs at once, and no other key is trusted' })
  declare now?: boolean

  async run() {
    const { parseGrace, USUAL_GRACE } = await import('#models/grace')
    const { RotateSigningKeys } = await import('#actions/clients/rotate_signing_keys')
    const { commandActor } = await import('#audit/actor')
    if (this.now && this.after !== undefined) return refuse(this, 'Either --after or --now.')
    const afterMs = parseGrace(this.after ?? USUAL_GRACE)
    if (afterMs === null) return refuse(this, '--after is a time such as 30m, 24h or 7d.')
    const wish = this.now ? 'now' : afterMs
    const key = await new RotateSigningKeys().handle(wish, commandActor())
    this.logger.success(`Published ${key.publicId}, which signs from ${key.signsFrom.toISO()} on.`)
  }
}
