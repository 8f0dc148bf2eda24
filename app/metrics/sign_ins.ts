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

interface FinishedSignIn {
  /** Key of the provider's row; `password` for e-mail and password, `none` if unknown. */
  provider: string
  intent: string
  outcome: string
  failure?: string
}

/**
 * Counts one sign-in that has ended, but no administrator's trial. Keys of providers and
 * names of failures are few, so labels stay few.
 */
export function countSignIn({ failure = '', ...finished }: FinishedSignIn) {
  if (finished.intent === 'trial') return
  signIns.inc({ ...finished, failure })
}
