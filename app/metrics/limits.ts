import { Counter } from 'prom-client'
import { registry } from '#metrics/registry'

const refusals = new Counter({
  name: 'daemun_limited_total',
  help: 'Requests refused because a limit was reached',
  labelNames: ['limit'] as const,
  registers: [registry],
})

/** @param limit its name in `limits/limits.ts` */
export function countRefusal(limit: string) {
  refusals.inc({ limit })
}
