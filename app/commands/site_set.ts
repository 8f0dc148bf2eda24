import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { refuse, refuseFields } from '#console/refusal'

/** The fields of the flags that are texts; empty means nothing. */
const TEXTS = ['name', 'nameEn', 'contact', 'color'] as const
/** The documents that flags set, by their keys. */
const LINKS = { terms: 'termsUrl', privacy: 'privacyUrl' } as const
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

  @flags.string({
    description: 'Colour of links and buttons, as #1b4d72; empty for ours',
    allowEmptyValue: true,
  })
  declare color?: string

  @flags.string({ description: 'Web address of the terms, which newcomers must agree to' })
  declare termsUrl?: string

  @flags.string({ description: 'Web address of the privacy policy, likewise' })
  declare privacyUrl?: string

  @flags.string({ description: 'The board: on or off' })
  declare board?: string

  @flags.string({ description: 'Whether newcomers may sign up by e-mail: on or off' })
  declare emailSignUp?: string

  @flags.string({ description: 'Whether newcomers may sign up at all: on or off' })
  declare signUp?: string

  /* Models are imported here and not at the top: ace imports every command to list them. */
  async run() {
    const { ChangeSite } = await import('#actions/site/change_site')
    const { LinkDocument } = await import('#actions/site/link_document')
    const { USUAL_DOCUMENTS } = await import('#site/documents')
    const { inTransaction } = await import('#database/transaction')
    const { commandActor } = await import('#audit/actor')
    const { siteCommandValidator } = await import('#validators/site')
    const { default: i18nManager } = await import('@adonisjs/i18n/services/main')

    const wrong = SWITCHES.find((name) => !['on', 'off', undefined].includes(this[name]))
    if (wrong) return refuse(this, `${flagOf(wrong)} is on or off.`)

    const names = [...TEXTS, ...Object.values(LINKS)]
    const given = Object.fromEntries(
      names.filter((name) => this[name] !== undefined).map((name) => [name, this[name]!])
    )
    const messagesProvider = i18nManager.locale('en').createMessagesProvider('admin.form')
    const labels = Object.fromEntries(names.map((name) => [name, flagOf(name)]))
    const [error, typed] = await siteCommandValidator.tryValidate(given, { messagesProvider })
    if (error) return refuseFields(this, error, labels)

    const settings = {
      ...Object.fromEntries(
        TEXTS.filter((name) => name in given).map((name) => [name, typed[name] ?? null])
      ),
      ...Object.fromEntries(
        SWITCHES.filter((name) => this[name]).map((name) => [name, this[name] === 'on'])
      ),
    }
    const links = Object.entries(LINKS).flatMap(([key, flag]) => {
      const url = typed[flag]
      return url ? [{ key, url, ...USUAL_DOCUMENTS[key] }] : []
    })
    if (Object.keys(settings).length + links.length === 0) {
      return refuse(this, 'Nothing to set: see --help.')
    }

    const actor = commandActor()
    const isDone = await inTransaction(async (trx) => {
      await new ChangeSite().handle({ settings, actor }, trx)
      const linked = []
      for (const link of links)
        linked.push(await new LinkDocument().handle({ ...link, actor }, trx))
      return linked.every(({ kind }) => kind === 'linked')
    })
    if (!isDone) return refuse(this, 'There are too many documents already.')
    this.logger.success('The site is set.')
  }
}

/** `nameEn` is `--name-en`. */
function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
