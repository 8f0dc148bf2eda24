import { ApplyNotice } from '#actions/links/apply_notice'
import type { Job } from '#jobs/job'
import ReceivedNotice from '#models/received_notice'
import { now, sqlTime } from '#time/clock'

/* Per pass; the rest waits for the next. */
const BATCH = 100

/**
 * Carries out notices whose process ended before it could. Any number of processes may
 * run this.
 */
export class ApplyNotices implements Job {
  readonly name = 'notices'
  readonly everyMs = 30 * 1_000

  async handle(signal?: AbortSignal) {
    const left = await ReceivedNotice.query()
      .whereNull('handledAt')
      .where('receivedAt', '<', sqlTime(now().minus({ seconds: 10 })))
      .orderBy('id')
      .limit(BATCH)

    let applied = 0
    const failures: unknown[] = []
    for (const notice of left) {
      if (signal?.aborted) break
      try {
        await new ApplyNotice().handle(notice)
        applied++
      } catch (error) {
        /* The others should not wait for one that fails every time. */
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    return { applied }
  }
}
