import { GiveUpWaiting } from '#actions/trips/give_up_waiting'
import type { Job } from '#jobs/job'
import { now, sqlTime } from '#time/clock'
import WaitingCode from '#models/waiting_code'

/* Per pass; the rest waits for the next. */
const BATCH = 500

/**
 * Deletes waiting codes for which no secret came. Any number of processes may run this
 * at once.
 */
export class ForgetCodes implements Job {
  readonly name = 'waiting codes'
  /* Together with `WaitingCode.LIFETIME`, this deletes them within a minute. */
  readonly everyMs = 5 * 1_000

  async handle(signal?: AbortSignal) {
    const due = await WaitingCode.query()
      .where('expiresAt', '<=', sqlTime(now()))
      .orderBy('id')
      .limit(BATCH)

    let forgotten = 0
    for (const waiting of due) {
      if (signal?.aborted) break
      await new GiveUpWaiting().handle(waiting)
      forgotten++
    }
    return { forgotten }
  }
}
