import { args, BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type { ProviderSetting } from '#actions/providers/set_provider'
import { refuse, refuseFields } from '#console/refusal'
import { linesFromStandardInput } from '#console/standard_input'
import type { SandboxLosses } from '#sandbox/losses'

type Done = Extract<ProviderSetting, { provider: unknown }>
type Refusal = Exclude<ProviderSetting['kind'], Done['kind']>
type Secrets = { clientSecret?: string; adminKey?: string }

/** What goes with a practice provider: one, and several. */
const LOST: Record<keyof SandboxLosses, [string, string]> = {
  members: ['member', 'members'],
  identities: ['connected account', 'connected accounts'],
  attempts: ['sign-in record', 'sign-in records'],
  keys: ['key', 'keys'],
}

const REFUSALS: Record<Refusal, string> = {
  driver_missing: "The key is not a driver's name: give --driver.",
  driver_differs: 'A provider keeps its driver: choose another key.',
  client_id_missing: 'Give --client-id: this provider has no active credential to take it from.',
  secret_missing: 'Give --secret-stdin and the client secret on standard input.',
  another_application:
    'This client id belongs to another application, and members are known by their ids at the current one: add it under another key.',
  admin_key_not_taken: 'This provider takes no admin key.',
  no_active_credential: 'It cannot be switched on: it has no active credential.',
  conflict: 'Somebody else changed this provider at the same moment: try again.',
}

/** What an error message calls each field of the validator. */
const FIELD_LABELS: Record<string, string> = {
  key: 'The key',
  driver: '--driver',
  label: '--label',
  emailPolicy: '--email-policy',
  requiredFields: '--required',
  clientId: '--client-id',
  clientSecret: 'The client secret',
  adminKey: 'The admin key',
}

export default class ProviderSet extends BaseCommand {
  static commandName = 'provider:set'
  static description = 'Create or change a provider and its active credential'
  static help = [
    'Standard input holds one secret per line, in the order of the flags that ask for them:',
    '  printf "%s\\n" "$SECRET" | {{ binaryName }}provider:set kakao --client-id=… --secret-stdin --enable',
  ]
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'Key of the provider, as in its URLs' })
  declare key: string

  @flags.string({ description: 'Needed if the key is not the name of a driver' })
  declare driver?: string

  @flags.string({ description: 'Client id (Kakao: REST API key)' })
  declare clientId?: string

  @flags.boolean({ description: 'Read the client secret from standard input' })
  declare secretStdin?: boolean

  @flags.boolean({ description: 'The client has no secret (Kakao, where it is switched off)' })
  declare withoutSecret?: boolean

  @flags.boolean({ description: 'Read the admin key (Kakao) from standard input' })
  declare adminKeyStdin?: boolean

  @flags.boolean({ description: 'Switch it on' })
  declare enable?: boolean

  @flags.boolean({ description: 'Switch it off' })
  declare disable?: boolean

  @flags.string({ description: 'never, own_domain, provider_says or trusted' })
  declare emailPolicy?: string

  @flags.string({ description: 'email,name, or empty for nothing', allowEmptyValue: true })
  declare required?: string

  @flags.string({ description: 'Name on the button' })
  declare label?: string

  async run() {
    const enabled = this.#enabled()
    if (enabled === 'both') return refuse(this, 'Either --enable or --disable.')
    if (this.secretStdin && this.withoutSecret) {
      return refuse(this, 'Either --secret-stdin or --without-secret.')
    }
    const secrets = await this.#secrets()
    if (secrets === null) return

    const setting = await this.#set(secrets, enabled)
    if (setting === null) return
    if (!('provider' in setting)) return refuse(this, REFUSALS[setting.kind])
    return this.#tell(setting)
  }

  /** @returns `null` when a flag or a secret is refused */
  async #set(secrets: Secrets, enabled?: boolean): Promise<ProviderSetting | null> {
    /* Not at the top: ace imports every command to list them, and models need the booted app. */
    const { SetProvider } = await import('#actions/providers/set_provider')
    const { commandActor } = await import('#audit/actor')
    const { providerCommandValidator } = await import('#validators/provider')

    const typed = { ...this.#given(), ...secrets }
    const [error, valid] = await providerCommandValidator.tryValidate(typed)
    if (error) return refuseFields(this, error, FIELD_LABELS)
    const { key, driver, clientId, clientSecret, adminKey, ...settings } = valid
    return new SetProvider().handle({
      actor: commandActor(),
      key,
      driver,
      clientId,
      clientSecret: this.withoutSecret ? null : clientSecret,
      adminKey,
      settings,
      enabled,
    })
  }

  async #tell({ kind, provider, losses }: Done) {
    const { callbackUrl } = await import('#trip/driver_for')
    if (losses) {
      const lost = Object.entries(LOST).flatMap(([name, [one, many]]) => {
        const count = losses[name as keyof SandboxLosses]
        return count === 0 ? [] : `${count} ${count === 1 ? one : many}`
      })
      const gone = [`The practice provider ${provider.key} is gone`, lost.join(', ')]
      this.logger.warning(`${gone.filter(Boolean).join(', with ')}.`)
    }
    this.logger.success(
      `${kind === 'created' ? 'Created' : 'Changed'} ${provider.key}, switched ${provider.enabled ? 'on' : 'off'}. Callback URL: ${callbackUrl(provider)}`
    )
  }

  /** `--no-enable` is `--disable`, and the other way round; absent, neither is changed. */
  #enabled(): boolean | undefined | 'both' {
    const wishes = [this.enable, this.disable === undefined ? undefined : !this.disable]
    const [wish, other] = wishes.filter((one) => one !== undefined)
    return other === undefined || other === wish ? wish : 'both'
  }

  /** An absent flag stays `undefined`, which leaves the setting as it is. */
  #given() {
    const { key, driver, clientId, label, emailPolicy, required } = this
    const requiredFields = required?.split(',').flatMap((field) => field.trim() || [])
    return { key, driver, clientId, label, emailPolicy, requiredFields }
  }

  /** @returns `null` when standard input is not what the flags ask for */
  async #secrets(): Promise<Secrets | null> {
    const wanted = this.#orderOfSecrets()
    if (wanted.length === 0) return {}
    const lines = await linesFromStandardInput()
    if (lines.length < wanted.length || lines.slice(wanted.length).some((line) => line !== '')) {
      return refuse(this, `Standard input must have ${wanted.length} line(s), one for each secret.`)
    }
    /* An unset shell variable makes an empty line; it must not take a secret away. */
    const empty = wanted.find((_, index) => lines[index].trim() === '')
    if (empty) return refuse(this, `${FIELD_LABELS[empty]} is an empty line.`)
    return Object.fromEntries(wanted.map((name, index) => [name, lines[index]]))
  }

  /** The parser keeps the flags in the order they were typed. */
  #orderOfSecrets() {
    const fieldOf: Record<string, string> = {
      'secret-stdin': 'clientSecret',
      'admin-key-stdin': 'adminKey',
    }
    return Object.entries(this.parsed.flags).flatMap(([flag, given]) =>
      given === true && flag in fieldOf ? [fieldOf[flag]] : []
    )
  }
}
