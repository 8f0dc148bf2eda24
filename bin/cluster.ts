/*
 * Several web processes on one port (WEB_CONCURRENCY), with Node's cluster. This process
 * serves nothing: it starts the others, replaces one that dies, and ends them.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { AggregatorRegistry } from 'prom-client'
import type { MetricsGiven, MetricsWanted } from '../app/metrics/cluster.js'

/* A process that cannot start is not started over and over without a pause. */
const PAUSE_MS = 1_000

/**
 * Starts the processes, and keeps their number until a signal ends them all. The first
 * starts alone: if the configuration or the database stops it, it says so once, and its
 * exit code becomes ours.
 *
 * @param count how many, at least 2
 */
export async function serveInParallel(count: number): Promise<void> {
  let isEnding = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      isEnding = true
      for (const worker of workers()) worker.process.kill('SIGTERM')
    })
  }
  giveMetrics()

  /* A place outlives its process: the one at the first place runs the jobs. */
  const start = (place: number): Worker => {
    const worker = cluster.fork({ WEB_PROCESS: String(place) })
    worker.once('exit', async (code: number | null, signal: string | null) => {
      if (isEnding || !hasListened.has(1)) return
      console.error(`Web process ${place} has ended (${signal ?? code}) and is started again`)
      await wait(PAUSE_MS)
      if (!isEnding) start(place)
    })
    worker.once('listening', () => hasListened.add(place))
    return worker
  }
  const hasListened = new Set<number>()

  const first = start(1)
  await Promise.race([once(first, 'listening'), once(first, 'exit')])
  if (!hasListened.has(1)) {
    process.exitCode = first.process.exitCode ?? 1
    return
  }
  for (let place = 2; place <= count && !isEnding; place++) start(place)
}

const workers = () => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)

/** Adds up the figures of all processes, for whichever is asked for `/metrics`. */
function giveMetrics() {
  const figures = new AggregatorRegistry()
  cluster.on('message', async (worker, message: MetricsWanted) => {
    if (message?.wanted !== 'metrics') return
    const text = await figures.clusterMetrics().catch(() => null)
    const answer: MetricsGiven = { given: 'metrics', id: message.id, text }
    if (worker.isConnected()) worker.send(answer)
  })
}
