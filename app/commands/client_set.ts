import { args, BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse } from '#console/refusal'
import { linesFromStandardInput } from '#console/standard_input'

/* What is wrong with what a flag was given. */
const FLAGS: Record<string, string> = {
  siteId: 'The client_id has letters, digits, ".", "_" and "-", at most 64.',
  label: '--name must be one line of at most 100 characters.',
  redirectUris: '--redirect-uri takes at most 20 different addresses.',
  postLogoutRedirectUris: '--post-logout-redirect-uri takes at most 20 different addresses.',
  homeUrl: '--home-url is too long.',
  privacyUrl: '--privacy-url is too long.',
  backchannelLogoutUri: '--backchannel-logout-uri is too long.',
  webhookUrl: '--webhook-url is too long.',
  accessTokenMinutes: '--access-token-minutes is from 5 to 1440.',
  refreshTokenDays: '--refresh-token-days is from 1 to 365.',
}

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

  @flags.string({ description: 'Where it is told of sign-outs; empty for nowhere' })
  declare backchannelLogoutUri?: string

  @flags.string({ description: 'Where it is told what happens to members; empty for nowhere' })
  declare webhookUrl?: string

  @flags.boolean({
    description: 'In our own network: it may be told by http and at private addresses',
    showNegatedVariantInHelp: true,
  })
  declare inside?: boolean

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

  @flags.string({ description: 'Its own page, which members see a link to' })
  declare homeUrl?: string

  @flags.string({ description: 'Its privacy policy, which members see before they agree' })
  declare privacyUrl?: string

  @flags.boolean({
    description: 'Only members with a second factor sign in there',
    showNegatedVariantInHelp: true,
  })
  declare secondFactorOnly?: boolean

  @flags.boolean({
    description: 'Only members who have signed in there before do so again',
    showNegatedVariantInHelp: true,
  })
  declare closedToNewcomers?: boolean

  @flags.number({ description: 'Life of an access token (default 60)' })
  declare accessTokenMinutes?: number

  @flags.number({ description: 'How long a refresh token waits for its use (default 30)' })
  declare refreshTokenDays?: number

  @flags.boolean({ description: 'Read the secret from standard input' })
  declare secretStdin?: boolean

  async run() {
    const { default: i18nManager } = await import('@adonisjs/i18n/services/main')
    const { default: Client } = await import('#models/oidc/client')
    const { default: ClientSecret } = await import('#models/oidc/client_secret')
    const { SetClient } = await import('#actions/clients/set_client')
    const { commandActor } = await import('#audit/actor')
    const { clientCommandValidator } = await import('#validators/client')

    const scopes = this.scope?.split(/\s+/).filter(Boolean)
    const unknown = scopes?.find((scope) => !Client.SCOPES.includes(scope))
    if (unknown) return refuse(this, `--scope knows ${Client.SCOPES.join(', ')}, not ${unknown}.`)
    if (scopes && !scopes.includes('openid')) return refuse(this, '--scope must have openid.')
    if (this.public && this.native) return refuse(this, 'Either --public or --native.')
    if ((this.public || this.native) && this.secretStdin) {
      return refuse(this, 'Only a server has a secret.')
    }
    const [error, wish] = await clientCommandValidator.tryValidate({ ...this.#given(), scopes })
    if (error) {
      const [{ field, message }] = error.messages
      return refuse(this, FLAGS[field.split('.')[0]] ?? message)
    }

    let secret: string | undefined
    if (this.secretStdin) {
      const [line = '', ...others] = await linesFromStandardInput()
      if (others.some((other) => other !== '') || !/^[\x21-\x7e]+$/.test(line)) {
        return refuse(this, 'Standard input must have one line, the secret, without spaces.')
      }
      if (line.length < ClientSecret.SHORTEST) {
        return refuse(this, `The secret must have at least ${ClientSecret.SHORTEST} characters.`)
      }
      secret = line
    }

    const { siteId: clientId, label: name, ...settings } = wish
    const setting = await new SetClient().handle({
      ...settings,
      clientId,
      name,
      secret,
      actor: commandActor(),
    })
    switch (setting.kind) {
      case 'created':
      case 'changed':
        this.logger.success(`${setting.kind === 'created' ? 'Created' : 'Changed'} ${clientId}.`)
        if (setting.secret) this.logger.log(`client_secret: ${setting.secret}`)
        if (setting.webhookSecret) this.logger.log(`webhook_secret: ${setting.webhookSecret}`)
        return
      case 'incomplete':
        return refuse(this, 'A new site needs --name and --redirect-uri.')
      case 'kind_differs':
        return refuse(this, 'A site keeps its kind: choose another client_id.')
      case 'pairwise_used':
        return refuse(this, '--pairwise is fixed once a member has signed in there.')
      case 'bad_address': {
        const [{ address, problem }] = setting.addresses
        const { name: what, ...values } = problem
        const words = i18nManager.locale('en').t(`clients.address.${what}`, { address, ...values })
        return refuse(this, `${address}: ${words}`)
      }
      default:
        throw new Error(`A command asks for no such thing: ${setting.kind}`)
    }
  }

  /** Only the flags that were given: an absent flag must not reset a setting. */
  #given() {
    return {
      siteId: this.clientId,
      label: this.name,
      kind: this.native ? 'app' : this.public ? 'browser' : undefined,
      thirdParty: this.thirdParty,
      pairwise: this.pairwise,
      redirectUris: this.redirectUri,
      postLogoutRedirectUris: this.postLogoutRedirectUri,
      homeUrl: this.homeUrl,
      privacyUrl: this.privacyUrl,
      secondFactorOnly: this.secondFactorOnly,
      closedToNewcomers: this.closedToNewcomers,
      accessTokenMinutes: this.accessTokenMinutes,
      refreshTokenDays: this.refreshTokenDays,
      backchannelLogoutUri: this.backchannelLogoutUri === '' ? null : this.backchannelLogoutUri,
      webhookUrl: this.webhookUrl === '' ? null : this.webhookUrl,
      inside: this.inside,
    }
  }
}
