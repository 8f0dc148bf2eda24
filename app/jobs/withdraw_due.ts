import { WithdrawUser } from '#actions/account/withdraw_user'
import type { Job } from '#jobs/job'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'

/* Per pass; the rest waits for the next. */
const BATCH = 100

/**
 * Carries out the withdrawals that are due, of people who have not signed in since
 * scheduling them. Any number of processes may run this at once.
 */
export class WithdrawDue implements Job {
  readonly name = 'withdrawals'
  readonly everyMs = 60 * 1_000

  async handle(signal?: AbortSignal) {
    const due = await User.query()
      .where('withdrawAt', '<=', sqlTime(now()))
      .orderBy('withdrawAt')
      .limit(BATCH)

    let withdrawn = 0
    for (const user of due) {
      if (signal?.aborted) break
      const outcome = await new WithdrawUser().handle(user, { ifDue: true })
      if (outcome === 'withdrawn') withdrawn++
    }
    return { withdrawn }
  }
}
