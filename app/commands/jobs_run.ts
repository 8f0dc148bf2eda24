import { BaseCommand } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

export default class JobsRun extends BaseCommand {
  static commandName = 'jobs:run'
  static description = 'Once, send due mails, end links at providers and delete what has expired'
  static options: CommandOptions = { startApp: true }

  /** Exit code 1 when a job could not do its pass; an undeliverable mail does not count. */
  async run() {
    const { delivery } = await import('#config/mail')
    const { allJobs } = await import('#jobs/all')

    if (delivery === 'none') this.logger.warning('SMTP_HOST is not set: mails are kept, not sent')
    for (const job of allJobs()) {
      try {
        const outcome = Object.entries(await job.handle()).filter(([, count]) => count > 0)
        const done = outcome.map(([kind, count]) => `${kind} ${count}`).join(', ')
        this.logger.info(`${job.name}: ${done || 'nothing to do'}`)
      } catch (error) {
        this.exitCode = 1
        this.logger.error(`${job.name} failed: ${(error as Error).message}`)
      }
    }
  }
}
