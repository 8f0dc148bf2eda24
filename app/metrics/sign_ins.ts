import { collectDefaultMetrics, Counter, Registry } from 'prom-client'

/** Everything `/metrics` tells of this process; a scraper adds the processes up. */
export const registry = new Registry()

collectDefaultMetrics({ register: registry })

const signIns = new Counter({
  name: 'daemun_sign_ins_total',
  help: 'Trips to providers and password sign-ins, by how they ended',
  labelNames: ['provider', 'intent', 'outcome', 'failure'] as const,
  registers: [registry],
})

interface Ending {
  /** Key of the provider's row; `password` for e-mail and password, `none` if unknown. */
  provider: string
  intent: string
  outcome: string
  failure?: string
}

/**
 * Counts one ending, but none of an administrator's trials. Keys of providers and
 * names of failures are few, so labels stay few.
 */
export function countSignIn({ failure = '', ...ending }: Ending) {
  if (ending.intent === 'trial') return
  signIns.inc({ ...ending, failure })
}
