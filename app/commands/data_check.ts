import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class DataCheck extends BaseCommand {
  static commandName = 'data:check'
  static description = 'Look for data that must never exist; changes nothing'
  static help = [
    'Broken references, half-created people, credentials that contradict their',
    'provider, secrets that no key opens, nobody to administer the site (the copied file of',
    'a running SQLite is empty). Worth running after a crash or restoring a backup.',
  ]
  static options: CommandOptions = { startApp: true }

  @flags.boolean({ description: 'Print JSON' })
  declare json?: boolean

  /** Exit code 1 when something was found. */
  async run() {
    const { CheckData } = await import('#actions/data/check_data')
    const { rules, findings } = await new CheckData().handle()
    if (findings.length > 0) this.exitCode = 1

    if (this.json) {
      process.stdout.write(`${JSON.stringify({ rules, findings }, null, 2)}\n`)
      return
    }
    for (const { problem, count, examples } of findings) {
      const places = examples.length > 0 ? `: ${examples.join(', ')}` : ''
      this.logger.error(`${count} × ${problem}${places}`)
    }
    if (findings.length === 0) this.logger.success(`Nothing is wrong by ${rules} rules.`)
  }
}
