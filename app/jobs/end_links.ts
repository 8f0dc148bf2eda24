import logger from '@adonisjs/core/services/logger'
import { EndLink } from '#actions/links/end_link'
import { GiveUpRevocation } from '#actions/links/give_up_revocation'
import { forEachDue } from '#jobs/leased'
import type { Job } from '#jobs/job'
import Revocation from '#models/revocation'

/**
 * Ends, at their providers, links that have ended here; each revocation is then either
 * forgotten or put off. If the process is killed, a revocation is carried out again:
 * ending a link twice does no harm.
 */
export class EndLinks implements Job {
  readonly name = 'revocations'
  readonly everyMs = 3_000

  async handle(signal?: AbortSignal) {
    const outcome = { ended: 0, dropped: 0, putOff: 0, givenUp: 0 }
    const end = async (revocation: Revocation) => void outcome[await this.#end(revocation)]++
    await forEachDue(Revocation, end, signal)
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
