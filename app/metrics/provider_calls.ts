import { subscribe } from 'node:diagnostics_channel'
import { Histogram } from 'prom-client'
import { registry } from '#metrics/registry'
import { PROVIDER_CALLS, type ProviderCall } from '#protocol/bounded_request'

const seconds = new Histogram({
  name: 'daemun_provider_call_seconds',
  help: 'Calls to providers: how long each took, by host and outcome',
  labelNames: ['host', 'outcome'] as const,
  /* A call is given up after five seconds. */
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5],
  registers: [registry],
})

subscribe(PROVIDER_CALLS, (call) => {
  const { host, outcome, seconds: taken } = call as ProviderCall
  seconds.observe({ host, outcome }, taken)
})
