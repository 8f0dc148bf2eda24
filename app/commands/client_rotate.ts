import { args, BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse } from '#console/refusal'
import { linesFromStandardInput } from '#console/standard_input'

export default class ClientRotate extends BaseCommand {
  static commandName = 'client:rotate'
  static description = 'Give a site a new secret; previous ones still work for the grace time'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'client_id of the site' })
  declare clientId: string

  @flags.string({ description: 'How long previous secrets still work (default 24h); 0 for a leak' })
  declare grace?: string

  @flags.boolean({ description: 'Read the secret from standard input' })
  declare secretStdin?: boolean

  @flags.boolean({ description: 'Go back to the previous secret, which must still work' })
  declare back?: boolean

  async run() {
    if (this.back) return this.#goBack()

    const { parseGrace, USUAL_GRACE } = await import('#models/grace')
    const { default: ClientSecret } = await import('#models/oidc/client_secret')
    const { ChangeClient } = await import('#actions/clients/change_client')
    const { commandActor } = await import('#audit/actor')
    const graceMs = parseGrace(this.grace ?? USUAL_GRACE)
    if (graceMs === null) {
      return refuse(this, '--grace is a time such as 30m, 24h or 7d, from 10m to 30d, or 0.')
    }
    let secret: string | undefined
    if (this.secretStdin) {
      const [line = '', ...others] = await linesFromStandardInput()
      const isOne = others.every((other) => other === '') && /^[\x21-\x7e]+$/.test(line)
      if (!isOne || line.length < ClientSecret.SHORTEST) {
        return refuse(
          this,
          `Standard input must have one line, a secret of at least ${ClientSecret.SHORTEST} characters.`
        )
      }
      secret = line
    }
    const deed = { deed: 'rotate', graceMs, secret } as const
    const change = await new ChangeClient().handle(this.clientId, deed, commandActor())
    if (change.kind === 'unknown') return refuse(this, 'There is no site with this client_id.')
    if (change.kind === 'no_secret') return refuse(this, 'A public site has no secret.')
    this.logger.success(`${this.clientId} has a new secret.`)
    if (change.kind === 'done' && change.secret) this.logger.log(`client_secret: ${change.secret}`)
  }

  async #goBack() {
    const { RollBackClientSecret } = await import('#actions/clients/roll_back_client_secret')
    const { commandActor } = await import('#audit/actor')
    if (this.grace !== undefined || this.secretStdin) {
      return refuse(this, '--back goes with no other flag.')
    }
    switch (await new RollBackClientSecret().handle(this.clientId, commandActor())) {
      case 'unknown':
        return refuse(this, 'There is no site with this client_id.')
      case 'nothing_to_go_back_to':
        return refuse(this, 'No secret before the present one still serves.')
      case 'done':
        this.logger.success(`${this.clientId} has the secret before again; the new one has ended.`)
    }
  }
}
