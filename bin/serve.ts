import './utc.js'
import 'reflect-metadata'
import cluster from 'node:cluster'
import { Ignitor } from '@adonisjs/core'
import { explainStartFailure } from '../start/failures.js'

const APP_ROOT = new URL('../', import.meta.url)
const IMPORTER = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

async function serve() {
  await new Ignitor(APP_ROOT, { importer: IMPORTER })
    .tap((app) => {
      app.booting(async () => {
        await import('#start/env')
      })
      app.listen('SIGTERM', () => app.terminate())
      app.listen('SIGINT', () => app.terminate())
    })
    .httpServer()
    .start()
}

async function start() {
  if (cluster.isWorker) return serve()
  const { default: env } = await import('../start/env.js')
  const count = env.get('WEB_CONCURRENCY')
  if (count === 1) return serve()
  const { serveInParallel } = await import('./cluster.js')
  return serveInParallel(count)
}

await start().catch(explainStartFailure)
