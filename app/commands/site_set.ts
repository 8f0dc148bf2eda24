import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse, refuseFields } from '#console/refusal'

/** The fields of the flags that are texts; empty means nothing. */
const TEXTS = ['name', 'nameEn', 'contact'] as const
const SWITCHES = ['board', 'emailSignUp', 'signUp'] as const

export default class SiteSet extends BaseCommand {
  static commandName = 'site:set'
  static description = 'Name this site, and decide whom it lets in'
  static help = [
    'What is not named stays as it is; an empty text takes it away:',
    '  {{ binaryName }}site:set --name=우리집 --contact=help@example.com --board=off',
  ]
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: 'Name shown to visitors', allowEmptyValue: true })
  declare name?: string

  @flags.string({ description: 'Name shown to visitors who read English', allowEmptyValue: true })
  declare nameEn?: string

  @flags.string({
    description: 'Whom to ask: an e-mail address, a number or a web address',
    allowEmptyValue: true,
  })
  declare contact?: string

  @flags.string({ description: 'The board: on or off' })
  declare board?: string

  @flags.string({ description: 'Whether newcomers may sign up by e-mail: on or off' })
  declare emailSignUp?: string

  @flags.string({ description: 'Whether newcomers may sign up at all: on or off' })
  declare signUp?: string

  /* Models are imported here and not at the top: ace imports every command to list them. */
  async run() {
    const { ChangeSite } = await import('#actions/site/change_site')
    const { commandActor } = await import('#audit/actor')
    const { siteCommandValidator } = await import('#validators/site')
    const { default: i18nManager } = await import('@adonisjs/i18n/services/main')

    const wrong = SWITCHES.find((name) => !['on', 'off', undefined].includes(this[name]))
    if (wrong) return refuse(this, `${flagOf(wrong)} is on or off.`)

    const texts = Object.fromEntries(
      TEXTS.filter((name) => this[name] !== undefined).map((name) => [name, this[name]!])
    )
    const messagesProvider = i18nManager.locale('en').createMessagesProvider('admin.form')
    const labels = Object.fromEntries(TEXTS.map((name) => [name, flagOf(name)]))
    const [error, typed] = await siteCommandValidator.tryValidate(texts, { messagesProvider })
    if (error) return refuseFields(this, error, labels)

    const settings = {
      ...Object.fromEntries(
        Object.keys(texts).map((name) => [name, typed[name as keyof typeof typed] ?? null])
      ),
      ...Object.fromEntries(
        SWITCHES.filter((name) => this[name]).map((name) => [name, this[name] === 'on'])
      ),
    }
    if (Object.keys(settings).length === 0) return refuse(this, 'Nothing to set: see --help.')
    await new ChangeSite().handle({ settings, actor: commandActor() })
    this.logger.success('The site is set.')
  }
}

/** `nameEn` is `--name-en`. */
function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
