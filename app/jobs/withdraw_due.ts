import { WithdrawUser } from '#actions/withdraw_user'
import User from '#models/user'
import { now, sqlTime } from '#models/clock'

/* Of one pass; the rest waits for the next. */
const BATCH = 100

/**
 * Lets go whoever scheduled a withdrawal and has not signed in since. Any number
 * of processes may do so at once.
 *
 * @returns how many people have left
 */
export async function withdrawDue(): Promise<number> {
  const due = await User.query()
    .where('withdrawAt', '<=', sqlTime(now()))
    .orderBy('withdrawAt')
    .limit(BATCH)

  let left = 0
  for (const user of due) {
    const outcome = await new WithdrawUser().handle(user, { ifDue: true })
    if (outcome === 'withdrawn') left++
  }
  return left
}
