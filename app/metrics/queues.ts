import type { LucidModel, ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import { Gauge } from 'prom-client'
import SiteMessage from '#models/oidc/site_message'
import OutgoingMail from '#models/outgoing_mail'
import ReceivedNotice from '#models/received_notice'
import Revocation from '#models/revocation'
import { registry } from '#metrics/registry'

/** How many rows each queue has that a job has still to do; not those given up. */
const QUEUES = {
  mails: () => OutgoingMail.countWaiting(),
  revocations: () => countOf(Revocation.query().whereNull('givenUpAt')),
  site_messages: () => SiteMessage.countWaiting(),
  notices: () => countOf(ReceivedNotice.query().whereNull('handledAt')),
}

async function countOf(query: ModelQueryBuilderContract<LucidModel>): Promise<number> {
  const [{ $extras }] = await query.count('* as total')
  return Number($extras.total)
}

/** Read from the database with each look, so every process reports the same. */
new Gauge({
  name: 'daemun_queue_length',
  help: 'What jobs have still to do, by queue; of all processes together',
  labelNames: ['queue'] as const,
  registers: [registry],
  aggregator: 'max',
  async collect() {
    this.reset()
    for (const [queue, waiting] of Object.entries(QUEUES)) {
      /* Without a database nothing is known of queues; the other figures still count. */
      const count = await waiting().catch(() => null)
      if (count !== null) this.set({ queue }, count)
    }
  },
})
