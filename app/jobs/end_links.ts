import logger from '@adonisjs/core/services/logger'
import { EndLink } from '#actions/end_link'
import { GiveUpRevocation } from '#actions/give_up_revocation'
import type { Job } from '#jobs/job'
import Revocation from '#models/revocation'

/* Under way at the same time. */
const AT_ONCE = 5

/**
 * Ends links at their providers that have ended here. Each revocation is leased,
 * carried out outside of any transaction, and then either forgotten or put off. A
 * process that is killed leaves its lease to run out, and another takes over: a
 * link that is ended twice is ended.
 */
export class EndLinks implements Job {
  readonly name = 'revocations'
  readonly everyMs = 3_000

  async handle(signal?: AbortSignal) {
    const outcome = { ended: 0, dropped: 0, putOff: 0, givenUp: 0 }
    while (!signal?.aborted) {
      const due = await Revocation.due(AT_ONCE)
      if (due.length === 0) break

      /* Those that another process takes meanwhile are no longer due in the next round. */
      const leased = await Promise.all(due.map((revocation) => revocation.lease()))
      const mine = due.filter((_revocation, index) => leased[index])
      const results = await Promise.all(mine.map((revocation) => this.#end(revocation)))
      for (const result of results) outcome[result]++
    }
    return outcome
  }

  async #end(revocation: Revocation): Promise<'ended' | 'dropped' | 'putOff' | 'givenUp'> {
    const end = await new EndLink().handle(revocation)
    switch (end.kind) {
      case 'ended':
        await revocation.forget()
        return 'ended'
      case 'unwanted':
        await revocation.forget()
        return 'dropped'
      case 'too_early':
        await revocation.putOff(Revocation.WHILE_PENDING)
        return 'putOff'
      case 'failed':
        return this.#fail(revocation, end)
    }
  }

  async #fail(revocation: Revocation, { reason, forGood }: { reason: string; forGood: boolean }) {
    const fields = { revocation: revocation.publicId, reason }
    const again = await revocation.markFailed(reason)
    if (again && !forGood) {
      logger.warn(fields, 'a link could not be ended at its provider and is put off')
      return 'putOff'
    }
    await new GiveUpRevocation().handle(revocation)
    logger.error(fields, 'a link cannot be ended at its provider: given up')
    return 'givenUp'
  }
}
