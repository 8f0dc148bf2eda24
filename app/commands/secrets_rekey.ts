import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class SecretsRekey extends BaseCommand {
  static commandName = 'secrets:rekey'
  static description = 'Re-encrypt every stored secret with the first key in SECRETS_KEY'
  static help = [
    'Put the new key into SECRETS_KEY and the former one into SECRETS_KEY_PREVIOUS, restart',
    'every process, then run this. Once it reports nothing unreadable, the former key can go.',
  ]
  static options: CommandOptions = { startApp: true }

  /** Exit code 1 when some value cannot be opened with any key. */
  async run() {
    const { RekeySecrets } = await import('#actions/data/rekey_secrets')
    const results = await new RekeySecrets().handle()

    let unreadable = 0
    for (const { table, column, ...counts } of results) {
      unreadable += counts.unreadable
      const line = `${table}.${column}: ${counts.sealed} encrypted anew, ${counts.kept} already were`
      if (counts.unreadable > 0) this.logger.error(`${line}, ${counts.unreadable} unreadable`)
      else this.logger.info(line)
    }
    if (unreadable === 0) return this.logger.success('Only the first key in SECRETS_KEY is needed.')

    this.logger.error(
      'No key in SECRETS_KEY or SECRETS_KEY_PREVIOUS opens these: add the one they were stored with, and run this again.'
    )
    this.exitCode = 1
  }
}
