import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { normalizeEmail } from '#text/email'
import { refuse } from '#console/refusal'
import { linesFromStandardInput } from '#console/standard_input'

/** What was typed after the command, or at its prompts. */
type Typed = Record<'email' | 'name' | 'password', string>

export default class AdminCreate extends BaseCommand {
  static commandName = 'admin:create'
  static description = 'Create an administrator, or make a user one'
  static help = [
    'The password is read from standard input, or asked for when that is a terminal:',
    '  {{ binaryName }}admin:create --email=you@example.com --name=You',
    '  {{ binaryName }}admin:create --email=you@example.com --promote',
  ]
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: 'Address to sign in with', required: true })
  declare email: string

  @flags.string({ description: 'Display name (not needed with --promote)' })
  declare name?: string

  @flags.boolean({ description: 'Make the user who has this address an administrator' })
  declare promote?: boolean

  /* Models are imported here and not at the top: ace imports every command to list them. */
  async run() {
    const email = normalizeEmail(this.email)
    if (email === null) return refuse(this, 'This is not an e-mail address.')
    return this.promote ? this.#promote(email) : this.#create(email)
  }

  async #promote(email: string) {
    const { commandActor } = await import('#audit/actor')
    const { ChangeRole } = await import('#actions/members/change_role')
    const { default: User } = await import('#models/user')
    const user = await User.findBy('email', email)
    if (!user) return refuse(this, `Nobody here has the address ${email}.`)
    const change = await new ChangeRole().handle(user, { role: 'admin', actor: commandActor() })
    if (change.kind !== 'changed') {
      return refuse(this, `${email} is suspended; an administrator has to restore them first.`)
    }
    this.logger.success(`${email} is an administrator.`)
  }

  async #create(email: string) {
    const { default: User } = await import('#models/user')
    if (await User.findBy('email', email)) return this.#refuseTaken(email)

    const password = await this.#password()
    if (password === null) return
    const person = await this.#validated({ email, name: this.name ?? '', password })
    if (person === null) return

    const { commandActor } = await import('#audit/actor')
    const { CreateAdministrator } = await import('#actions/members/create_administrator')
    const creation = await new CreateAdministrator().handle(person, commandActor())
    if (creation.kind === 'address_taken') return this.#refuseTaken(email)
    this.logger.success(`Created the administrator ${email}.`)
  }

  async #password(): Promise<string | null> {
    if (!process.stdin.isTTY) {
      const [password] = await linesFromStandardInput()
      return password
    }
    const password = await this.prompt.secure('Password')
    if (password === (await this.prompt.secure('Password once more'))) return password
    return refuse(this, 'These were two different passwords.')
  }

  /** Validated by the rules of the sign-up page, with its messages. */
  async #validated(typed: Typed): Promise<Typed | null> {
    const { registrationValidator } = await import('#validators/registration')
    const { default: i18nManager } = await import('@adonisjs/i18n/services/main')
    const messagesProvider = i18nManager.locale('en').createMessagesProvider()
    const [error, person] = await registrationValidator.tryValidate(typed, { messagesProvider })
    if (!error) return person
    for (const { field, message } of error.messages) refuse(this, `${field}: ${message}`)
    return null
  }

  #refuseTaken(email: string) {
    return refuse(this, `${email} has an account already; --promote makes it an administrator.`)
  }
}
