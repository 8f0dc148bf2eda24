import './utc.js'
import '../tests/environment.js'
import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { Ignitor } from '@adonisjs/core'
import { configure, processCLIArgs, run } from '@japa/runner'
import { explainStartFailure } from '../start/failures.js'

const APP_ROOT = new URL('../', import.meta.url)
const IMPORTER = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

/** Names the file, which an error of something that it imports does not. */
async function importSpec({ href }: URL) {
  try {
    await import(href)
  } catch (error) {
    throw new Error(`${href.replace(APP_ROOT.href, '')} cannot be imported`, { cause: error })
  }
}

new Ignitor(APP_ROOT, { importer: IMPORTER })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => app.terminate())
    app.listenIf(app.managedByPm2, 'SIGINT', () => app.terminate())
  })
  .testRunner()
  .configure(async (app) => {
    const { runnerHooks, ...config } = await import('../tests/bootstrap.js')

    processCLIArgs(process.argv.splice(2))
    configure({
      ...app.rcFile.tests,
      cwd: fileURLToPath(APP_ROOT),
      ...config,
      importer: importSpec,
      setup: runnerHooks.setup,
      teardown: runnerHooks.teardown,
    })
  })
  .run(async (app) => {
    await run()
    /* No hook, because the runner skips those when a file cannot be imported. */
    await app.terminate()
  })
  .catch(explainStartFailure)
