import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import Identity from '#models/identity'
import { now, sqlTime } from '#time/clock'
import {
  DRIVER_NAMES,
  makeProvider,
  PATHS,
  providersAt,
  signInWith,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { onThisDatabase, spawnServer, type Settings } from '#tests/support/servers/spawned_process'
import { Visitor } from '#tests/support/visitor'

/**
 * Real servers of their own on the database of the tests. The page that shows
 * what a person agreed to calls `accessToken()` once each time it is opened.
 */
test.group('Access tokens and several processes', (group) => {
  const world = withProviders(group)
  let settings: Settings

  group.tap((one) => one.timeout(120_000))
  group.each.setup(() => {
    settings = onThisDatabase({
      ...providersAt(world.server.origin),
      /* One site, whichever of its processes answers. */
      APP_URL: appUrl,
      LOG_LEVEL: 'warn',
      /* Far more than a person would send. */
      RATE_LIMIT_SCALE: '1000',
    })
  })

  /** Somebody signed in, whose access token has expired, and the page that needs one. */
  async function expired(driver: DriverName) {
    await makeProvider(world.server, driver)
    const visitor = new Visitor()
    await signInWith(world.server, visitor, driver)
    const identity = await Identity.firstOrFail()
    world.server[driver].expireAccessTokens()
    await identity.merge({ tokenExpiresAt: now().minus({ minutes: 1 }) }).save()
    return { visitor, identity, page: `/account/sign_in_methods/${identity.publicId}/data` }
  }

  const refreshes = (driver: DriverName) =>
    world.server
      .callsTo(PATHS[driver].token)
      .filter(({ form }) => form.get('grant_type') === 'refresh_token')

  /** The same browser, at another server. */
  function at(url: string, visitor: Visitor) {
    const elsewhere = new Visitor({ base: url })
    for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value)
    return elsewhere
  }

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: a hundred calls at once in two processes make one refresh`, async ({
      assert,
    }) => {
      const { visitor, page } = await expired(driver)
      const servers = await Promise.all([
        spawnServer(settings, { patienceMs: 60_000 }),
        spawnServer(settings, { patienceMs: 60_000 }),
      ])
      try {
        /* Slow enough for all hundred to come in before it is answered. */
        world.server.spoil(PATHS[driver].token, { kind: 'delay', ms: 1_500 })
        const visits = servers.flatMap(({ url }) =>
          Array.from({ length: 50 }, () => at(url, visitor).get(page))
        )
        const pages = await Promise.all(visits)
        for (const one of pages) {
          assert.equal(one.status, 200)
          assert.isEmpty(one.alerts)
        }
        assert.lengthOf(refreshes(driver), 1)
      } finally {
        for (const server of servers) {
          assert.equal(await server.stop(), 0)
          assert.notInclude(server.printed.stdout, '"level":50')
        }
      }
    })
  }

  test('a process that is killed in the middle of a refresh leaves it to another', async ({
    assert,
  }) => {
    const { visitor, identity, page } = await expired('kakao')
    const first = await spawnServer(settings, { patienceMs: 60_000 })
    world.server.spoil(PATHS.kakao.token, { kind: 'hang' })
    const lost = at(first.url, visitor)
      .get(page)
      .catch(() => null)
    while (refreshes('kakao').length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await first.kill()
    await lost
    assert.isAbove(+(await identity.refresh()).refreshLeaseUntil!, +now())

    const second = await spawnServer(settings, { patienceMs: 60_000 })
    try {
      /* Half a minute, shortened. */
      await Identity.query().update({ refreshLeaseUntil: sqlTime(now().plus({ seconds: 2 })) })
      const opened = await at(second.url, visitor).get(page)
      assert.isEmpty(opened.alerts)
      assert.lengthOf(refreshes('kakao'), 2)
    } finally {
      await second.stop()
    }
  })
})
