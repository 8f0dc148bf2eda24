import cluster from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import { registry } from '#metrics/registry'

/** What a web process asks the one that started it (`bin/cluster.ts`). */
export interface MetricsWanted {
  wanted: 'metrics'
  id: number
}

/** The answer; `text` is `null` when a process did not tell its figures. */
export interface MetricsGiven {
  given: 'metrics'
  id: number
  text: string | null
}

/* Milliseconds. The process that started the others gives up after five seconds itself. */
const PATIENCE_MS = 6_000

if (cluster.isWorker) {
  AggregatorRegistry.setRegistries(registry)
  /* Its constructor makes this process tell its figures when they are collected. */
  new AggregatorRegistry()
}

let lastId = 0

/**
 * The figures of all web processes of this start, in Prometheus' text format.
 *
 * @returns those of this process alone if the others do not tell theirs in time
 */
export async function allMetrics(): Promise<string> {
  if (!cluster.isWorker) return registry.metrics()
  const id = ++lastId
  const given = await new Promise<string | null>((resolve) => {
    const settle = (text: string | null) => {
      clearTimeout(timer)
      process.off('message', read)
      resolve(text)
    }
    const read = (message: MetricsGiven) => {
      if (message?.given === 'metrics' && message.id === id) settle(message.text)
    }
    const timer = setTimeout(settle, PATIENCE_MS, null)
    process.on('message', read)
    process.send!({ wanted: 'metrics', id } satisfies MetricsWanted)
  })
  return given ?? registry.metrics()
}
