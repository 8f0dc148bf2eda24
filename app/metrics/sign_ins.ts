import { Counter } from 'prom-client'
import { registry } from '#metrics/registry'

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
 * Counts one finished sign-in, but never an administrator's trial. There are few provider
 * keys and failure names, so there are few labels.
 */
export function countSignIn({ failure = '', ...finished }: FinishedSignIn) {
  if (finished.intent === 'trial') return
  signIns.inc({ ...finished, failure })
}
