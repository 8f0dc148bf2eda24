import { args, BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { linesFromStandardInput } from '#console/standard_input'

export default class ClientSet extends BaseCommand {
  static commandName = 'client:set'
  static description = 'Create or change a site that signs in through this one'
  static help = [
    'A server gets a secret, printed once, unless its own comes on standard input:',
    '  {{ binaryName }}client:set shop --name=Shop --redirect-uri=https://shop.example.com/callback',
    'A page without its own server has none: --public. Neither has an app: --native.',
  ]
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'client_id of the site' })
  declare clientId: string

  @flags.string({ description: 'Name shown to people' })
  declare name?: string

  @flags.array({ description: 'Where sign-ins return to; may be repeated' })
  declare redirectUri?: string[]

  @flags.array({ description: 'Where signing out leads; may be repeated' })
  declare postLogoutRedirectUri?: string[]

  @flags.boolean({ description: 'A page in the browser, which cannot keep a secret' })
  declare public?: boolean

  @flags.boolean({ description: 'An app on a phone or computer, which cannot keep a secret' })
  declare native?: boolean

  @flags.boolean({
    description: 'Run by somebody else: members are asked before it sees anything',
    showNegatedVariantInHelp: true,
  })
  declare thirdParty?: boolean

  @flags.boolean({ description: 'Identifies members by ids of its own; permanent' })
  declare pairwise?: boolean

  @flags.string({ description: 'What it may ask for (default "openid profile email")' })
  declare scope?: string

  @flags.boolean({ description: 'Read the secret from standard input' })
  declare secretStdin?: boolean

  async run() {
    const { default: Client } = await import('#models/oidc/client')
    const { default: ClientSecret } = await import('#models/oidc/client_secret')
    const { SetClient } = await import('#actions/clients/set_client')
    const { commandActor } = await import('#audit/actor')

    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(this.clientId)) {
      return this.#refuse('The client_id has letters, digits, ".", "_" and "-", at most 64.')
    }
    if (
      this.name !== undefined &&
      (!/\S/.test(this.name) || /\p{Cc}/u.test(this.name) || this.name.length > 100)
    ) {
      return this.#refuse('--name must be one line of at most 100 characters.')
    }
    const scopes = this.scope?.split(/\s+/).filter(Boolean)
    const unknown = scopes?.find((scope) => !Client.SCOPES.includes(scope))
    if (unknown) return this.#refuse(`--scope knows ${Client.SCOPES.join(', ')}, not ${unknown}.`)
    if (scopes && !scopes.includes('openid')) return this.#refuse('--scope must have openid.')
    if (this.public && this.native) return this.#refuse('Either --public or --native.')
    if ((this.public || this.native) && this.secretStdin) {
      return this.#refuse('Only a server has a secret.')
    }

    let secret: string | undefined
    if (this.secretStdin) {
      const [line = '', ...others] = await linesFromStandardInput()
      if (others.some((other) => other !== '') || !/^[\x21-\x7e]+$/.test(line)) {
        return this.#refuse('Standard input must have one line, the secret, without spaces.')
      }
      if (line.length < ClientSecret.SHORTEST) {
        return this.#refuse(`The secret must have at least ${ClientSecret.SHORTEST} characters.`)
      }
      secret = line
    }

    const setting = await new SetClient().handle({
      actor: commandActor(),
      clientId: this.clientId,
      name: this.name?.trim(),
      kind: this.native ? 'app' : this.public ? 'browser' : undefined,
      thirdParty: this.thirdParty,
      pairwise: this.pairwise,
      redirectUris: this.redirectUri,
      postLogoutRedirectUris: this.postLogoutRedirectUri,
      scopes,
      secret,
    })
    switch (setting.kind) {
      case 'incomplete':
        return this.#refuse('A new site needs --name and --redirect-uri.')
      case 'kind_differs':
        return this.#refuse('A site keeps its kind: choose another client_id.')
      case 'pairwise_differs':
        return this.#refuse('--pairwise is decided when a site is new: choose another client_id.')
      case 'bad_address':
        return this.#refuse(setting.problem)
      default: {
        const { client, kind } = setting
        this.logger.success(`${kind === 'created' ? 'Created' : 'Changed'} ${client.clientId}.`)
        if (setting.secret) this.logger.log(`client_secret: ${setting.secret}`)
      }
    }
  }

  #refuse(why: string) {
    this.logger.error(why)
    this.exitCode = 1
  }
}
