import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { signedInAs } from '#tests/support/people/administrator'
import { Crowd } from '#tests/support/people/crowd'
import { sizes } from '#tests/support/sizes'
import { freePort, onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { DRIVER_NAMES, makeProvider, providersAt, withProviders } from '#tests/support/trip'

const NEW_SECRET = 'the-secret-issued-in-between'

/* How many sign-ins are under way at every moment of the rotation, at the least. */
const IN_FLIGHT = sizes.crowd

/* More come than that, since who has just been answered is not under way. */
const COMING = Math.ceil(IN_FLIGHT * 1.6)
const AWAY = 20

/** Waits until something holds, for at most 20 seconds. */
async function until(holds: () => boolean) {
  for (let waited = 0; waited < 20_000 && !holds(); waited += 20) await wait(20)
  if (!holds()) throw new Error('It did not come to that')
}

test.group('A rotation while many people sign in, over two processes', (group) => {
  const world = withProviders(group)
  let sites: Awaited<ReturnType<typeof spawnServer>>[]

  group.tap((one) =>
    one
      .timeout(120_000)
      .skip(
        process.env.DB_CONNECTION !== 'mysql',
        'SQLite lets one process write at a time: this is for MySQL'
      )
  )
  group.setup(async () => {
    if (process.env.DB_CONNECTION !== 'mysql') return () => {}
    /* Two real servers, as behind a load balancer, on the database of the tests. */
    const ports = [await freePort(), await freePort()]
    const settings = onThisDatabase({
      ...providersAt(world.server.origin),
      APP_URL: `http://localhost:${ports[0]}`,
      LOG_LEVEL: 'warn',
      RATE_LIMIT_SCALE: '10000',
    })
    sites = await Promise.all(
      ports.map((port) => spawnServer({ ...settings, PORT: String(port) }, { patienceMs: 300_000 }))
    )
    return async () => {
      await Promise.all(sites.map((site) => site.stop()))
    }
  })

  for (const driver of DRIVER_NAMES) {
    /* Each provider with one kind of console; in the long run each with both. */
    for (const atOnce of sizes.everyRotation ? [false, true] : [driver === 'naver']) {
      const manner = atOnce ? 'ends the old secret at once' : 'keeps the old secret alive'
      test(`${driver}, whose console ${manner}: nobody is lost`, async ({ assert }) => {
        const { server } = world
        const provider = await makeProvider(server, driver, { requiredFields: [] })
        const app = server[driver].appOf(`${driver}-client-id`)!
        const urls = sites.map(({ url }) => url)
        const admin = await signedInAs('admin', 'ko', urls[0])
        const elsewhere = (path: string) => urls[1] + path

        const crowd = new Crowd(server, urls, driver)
        crowd.come(COMING)
        const [comesBack, comesLast] = [Promise.withResolvers(), Promise.withResolvers()]
        crowd.leave(AWAY / 2, comesBack.promise)
        crowd.leave(AWAY / 2, comesLast.promise)
        await until(() => crowd.signedIn >= COMING)

        /* The page is open, then the console issues a new secret, and it takes a while to paste. */
        const path = `/admin/providers/${provider.publicId}/rotation`
        const page = await admin.get(path)
        await until(() => crowd.underWay >= IN_FLIGHT)
        app.clientSecrets = atOnce ? [NEW_SECRET] : [...app.clientSecrets, NEW_SECRET]
        await wait(1_000)

        const pasted = await admin.submit(page, path, {
          ...page.hiddenFields(path),
          clientId: `${driver}-client-id`,
          clientSecret: NEW_SECRET,
        })
        assert.equal(pasted.status, 303)
        await wait(1_000)

        const draft = await ProviderCredential.findByOrFail('status', 'draft')
        const activation = `/admin/credentials/${draft.publicId}/activation`
        const next = await admin.get(elsewhere(path))
        await until(() => crowd.underWay >= IN_FLIGHT)
        const activated = await admin.submit(next, elsewhere(activation), {
          ...next.hiddenFields(activation),
          grace: '1h',
        })
        assert.equal(activated.status, 303)

        comesBack.resolve(null)
        await wait(1_000)
        /* The administrator removes the old one; some are still at the provider with it. */
        app.clientSecrets = [NEW_SECRET]
        comesLast.resolve(null)
        await wait(1_000)
        await crowd.end()

        assert.deepEqual(crowd.lost, [])

        const attempts = await SignInAttempt.query().whereNotNull('providerId')
        assert.lengthOf(attempts, crowd.signedIn)
        assert.isTrue(attempts.every(({ outcome }) => outcome === 'signed_in'))
        /* Were none refused, nothing would have been tried here. */
        const refused = attempts.filter(({ steps }) => steps[0].result === 'secret_refused')
        assert.isAtLeast(refused.length, atOnce ? IN_FLIGHT : AWAY / 2)
        const printed = sites.map((site) => site.printed.stdout + site.printed.stderr).join('')
        assert.notInclude(printed, NEW_SECRET)
      })
    }
  }
})
