import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from '@adonisjs/core/logger'
import { loggable } from '#exceptions/storage_failure'
import type { Job } from '#jobs/job'

/* How long `stop` waits for work under way, in milliseconds. */
const STOP_WITHIN = 7_000

/* A job that keeps failing, as when the database is down, rests longer. */
const LONGEST_REST_FACTOR = 30

/**
 * Runs jobs over and over, each at its own pace, until stopped. Each web process runs
 * one of these.
 */
export class JobLoop {
  readonly #stopping = new AbortController()
  #rounds: Promise<unknown> = Promise.resolve()

  constructor(
    readonly jobs: Job[],
    readonly logger: Logger
  ) {}

  start() {
    this.#rounds = Promise.all(this.jobs.map((job) => this.#repeat(job)))
  }

  /**
   * Begins nothing new and waits for work under way, for seven seconds at most: leases
   * let another process take over what is cut off.
   */
  async stop() {
    this.#stopping.abort()
    const late = new AbortController()
    await Promise.race([
      this.#rounds,
      wait(STOP_WITHIN, undefined, { signal: late.signal }).catch(() => {}),
    ])
    late.abort()
  }

  async #repeat(job: Job) {
    const { signal } = this.#stopping
    for (let failures = 0; !signal.aborted;) {
      try {
        await job.handle(signal)
        failures = 0
      } catch (error) {
        failures++
        this.logger.error(
          { ...loggable(error), job: job.name },
          'a job failed and will be repeated'
        )
      }
      const rest = job.everyMs * Math.min(2 ** failures, LONGEST_REST_FACTOR)
      /* Slightly irregular, so that processes started together spread out. */
      await wait(rest * (0.9 + Math.random() * 0.2), undefined, { signal }).catch(() => {})
    }
  }
}
