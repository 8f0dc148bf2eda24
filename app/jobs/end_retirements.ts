import { EndRetirement } from '#actions/credentials/end_retirement'
import type { Job } from '#jobs/job'
import { now, sqlTime } from '#time/clock'
import ProviderCredential from '#models/provider_credential'

/** Revokes replaced credentials when their grace time is over. */
export class EndRetirements implements Job {
  readonly name = 'replaced keys'
  readonly everyMs = 60 * 1_000

  async handle(signal?: AbortSignal) {
    const due = await ProviderCredential.query()
      .where('status', 'retiring')
      .where('retireUntil', '<=', sqlTime(now()))
      .orderBy('id')

    let revoked = 0
    for (const credential of due) {
      if (signal?.aborted) break
      if (await new EndRetirement().handle(credential)) revoked++
    }
    return { revoked }
  }
}
