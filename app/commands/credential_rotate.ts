import { args, BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type { RotationOutcome } from '#actions/credentials/rotate_credential'
import { refuse, refuseFields } from '#console/refusal'
import { linesFromStandardInput } from '#console/standard_input'

type Refusal = Exclude<RotationOutcome['kind'], 'rotated' | 'rolled_back' | 'already_active'>

const REFUSALS: Record<Refusal, string> = {
  provider_unknown: 'There is no provider with this key.',
  practice_only:
    'This is a practice provider, which takes its own practice keys only: provider:set puts a real one in its place.',
  no_active_credential:
    'No key is in use that could be replaced: enter the first with provider:set.',
  secret_missing: 'Standard input has no client secret.',
  another_application:
    'This client id belongs to another application, and members are known by their ids at the current one: add it as a provider of its own.',
  conflict: 'Somebody else changed this provider at the same moment: try again.',
}

/** What an error message calls each field of the validator. */
const FIELD_LABELS: Record<string, string> = {
  clientId: '--client-id',
  clientSecret: 'The client secret',
}

export default class CredentialRotate extends BaseCommand {
  static commandName = 'credential:rotate'
  static description = 'Replace the client secret or pair in use with a new one'
  static help = [
    'Standard input holds the new client secret on one line:',
    '  printf "%s\\n" "$SECRET" | {{ binaryName }}credential:rotate kakao --secret-stdin',
    'The previous one still finishes sign-ins under way for the grace time: 30m, 24h, 7d,',
    'or 0 to revoke it at once, as for a leak.',
  ]
  static options: CommandOptions = { startApp: true }

  @args.string({ description: 'Key of the provider, as in its URLs' })
  declare key: string

  @flags.string({ description: 'New client id (Kakao: REST API key); defaults to the one in use' })
  declare clientId?: string

  @flags.boolean({ description: 'Read the client secret from standard input', required: true })
  declare secretStdin: boolean

  @flags.string({ description: 'How long the previous one still works (default 24h)' })
  declare grace?: string

  async run() {
    /* Not at the top: ace imports every command to list them, before the app is booted. */
    const { parseGrace, USUAL_GRACE } = await import('#models/grace')
    const graceMs = parseGrace(this.grace ?? USUAL_GRACE)
    if (graceMs === null) {
      return refuse(this, '--grace is a time such as 30m, 24h or 7d, from 10m to 30d, or 0.')
    }

    const [line = '', ...others] = await linesFromStandardInput()
    if (others.some((other) => other !== '')) {
      return refuse(this, 'Standard input must have one line, the client secret.')
    }
    const { rotationCommandValidator } = await import('#validators/credential')
    const [error, pair] = await rotationCommandValidator.tryValidate({
      clientId: this.clientId,
      clientSecret: line,
    })
    if (error) return refuseFields(this, error, FIELD_LABELS)

    const { commandActor } = await import('#audit/actor')
    const { RotateCredential } = await import('#actions/credentials/rotate_credential')
    const outcome = await new RotateCredential().handle({
      key: this.key,
      clientId: pair.clientId,
      clientSecret: pair.clientSecret ?? null,
      graceMs,
      actor: commandActor(),
    })
    switch (outcome.kind) {
      case 'already_active':
        return this.logger.success(`These keys are the ones that ${this.key} uses already.`)
      case 'rolled_back':
        return this.logger.success(
          `${this.key} is back at these keys, which had been replaced; the newer ones wait.`
        )
      case 'rotated': {
        const { retireUntil } = outcome.before
        const end = retireUntil ? `retire until ${retireUntil.toISO()}` : 'are revoked'
        return this.logger.success(`${this.key} uses the new keys; the ones before ${end}.`)
      }
      default:
        return refuse(this, REFUSALS[outcome.kind])
    }
  }
}
