import { Counter } from 'prom-client'
import type { CountedLimit } from '#limits/limits'
import { registry } from '#metrics/registry'

const refusals = new Counter({
  name: 'daemun_limited_total',
  help: 'Requests refused because a limit was reached',
  labelNames: ['limit'] as const,
  registers: [registry],
})

export function countRefusal(limit: CountedLimit) {
  refusals.inc({ limit })
}
