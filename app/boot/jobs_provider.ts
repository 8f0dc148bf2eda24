import type { ApplicationService } from '@adonisjs/core/types'
import type { JobLoop } from '#jobs/loop'

/**
 * Runs the jobs from the moment the server listens until it ends; of the processes that
 * WEB_CONCURRENCY starts, in the first.
 */
export default class JobsProvider {
  #loop?: JobLoop
  #stopped?: Promise<void>

  constructor(protected app: ApplicationService) {}

  async ready() {
    const { default: env } = await import('#start/env')
    if (env.get('WEB_PROCESS') > 1) return
    const { delivery } = await import('#config/mail')
    const { allJobs } = await import('#jobs/all')
    const { JobLoop } = await import('#jobs/loop')

    const logger = await this.app.container.make('logger')
    /* A signal may come while these load. What it ends is over; nothing would stop the loop. */
    if (this.app.isTerminating || this.app.isTerminated) return
    if (delivery === 'none') {
      logger.warn('SMTP_HOST is not set: mails are kept in the database until it is')
    }
    this.#loop = new JobLoop(allJobs(), logger)
    this.#loop.start()
    /* At once, alongside the requests under way, which may take all the time there is. */
    this.app.terminating(() => {
      this.#stopped = this.#loop?.stop()
    })
  }

  /** Registered last, so it runs first: the database is still there. */
  async shutdown() {
    await this.#stopped
  }
}
