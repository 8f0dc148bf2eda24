import { assert } from '@japa/assert'
import { chromium } from 'playwright'
import app from '@adonisjs/core/services/app'
import type { Config } from '@japa/runner/types'
import { dot, github, ndjson, spec } from '@japa/runner/reporters'
import { pluginAdonisJS } from '@japa/plugin-adonisjs'
import { browserClient } from '@japa/browser-client'
import testUtils from '@adonisjs/core/services/test_utils'
import {
  lookForSecrets,
  readLog,
  readRedis,
  readRequests,
  registerKeys,
  suiteScan,
  watchedServer,
} from '#tests/support/secret_scan/sinks'
import { BoundedRequest } from '#protocol/bounded_request'
import { tally } from '#tests/support/tally_reporter'

/*
 * A Redis database just for the tests, so that what they count and flush is not what a
 * developer's running site counts. The connection is made later, from this.
 */
if (process.env.TEST_REDIS_DB) {
  app.config.set('redis.connections.main.db', Number(process.env.TEST_REDIS_DB))
}

/* Providers that never answer are many here; what counts is that the wait ends. */
BoundedRequest.timeoutMs = 2_000

export const plugins: Config['plugins'] = [
  ({ emitter }) => {
    emitter.on('test:start', ({ title }) => {
      suiteScan.test = title.expanded
    })
  },
  assert(),
  pluginAdonisJS(app),
  browserClient({
    runInSuites: ['browser'],
    launcher: (options) =>
      chromium.launch({
        ...options,
        executablePath: process.env.CHROMIUM,
        /* Chromium refuses to sandbox root; the flag is for that case only. */
        args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'],
      }),
  }),
]

export const reporters: Config['reporters'] = {
  activated: ['spec', 'tally'],
  list: [spec(), dot(), ndjson(), github(), tally],
}

/*
 * Without Lucid's lock, which MySQL holds for the whole server: the processes of one check
 * migrate databases of their own at the same time.
 */
async function migration(name: 'run' | 'reset') {
  const ace = await app.container.make('ace')
  const flags = ['--compact-output', '--no-schema-generate', '--disable-locks']
  const { exitCode, error } = await ace.exec(`migration:${name}`, flags)
  if (exitCode) throw error ?? new Error(`migration:${name} failed`)
}

export const runnerHooks: Required<Pick<Config, 'setup' | 'teardown'>> = {
  setup: [
    async () => {
      await migration('run')
      return () => migration('reset')
    },
    async () => {
      registerKeys(process.env)
      readRequests()
      await readLog(app)
    },
  ],
  teardown: [],
}

export const configureSuite: Config['configureSuite'] = (suite) => {
  if (suite.name !== 'unit') suite.setup(() => testUtils.httpServer().start(watchedServer))
  suite.teardown(async () => {
    await readRedis()
    await lookForSecrets()
    console.log(suiteScan.summary)
    suiteScan.assertClean()
  })
}
