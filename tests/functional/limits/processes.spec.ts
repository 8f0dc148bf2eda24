import { test } from '@japa/runner'
import { mostOf } from '#limits/limits'
import UserSession from '#models/user_session'
import { emptyDatabase } from '#tests/support/database'
import { Forwarded } from '#tests/support/forwarded'
import { hasRedisServer, RedisServer } from '#tests/support/servers/redis_server'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'
import { onThisDatabase, type Settings, spawnServer } from '#tests/support/servers/spawned_process'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** How long the servers of a test may live, in milliseconds. */
const LIFETIME = 115_000

/* A tenth of `mail_requests`, which needs nothing but a form. */
const scaled = { RATE_LIMIT_SCALE: '0.1' }
const most = 6

const isNoPlaceForRedis = !hasRedisServer || isRunElsewhere('mysql')
const NO_PLACE = hasRedisServer ? ELSEWHERE : 'redis-server is not installed'

/** Sends wrong passwords for one address to servers in turn, all at once, each from elsewhere. */
async function guessAtOnce(urls: string[], times: number) {
  const visitors = Array.from({ length: times }, (_, at) => {
    return new Forwarded(urls[at % urls.length], `198.51.100.${at}`)
  })
  /* A connection that stands idle meanwhile may be closed under the next request. */
  const alone = { connection: 'close' }
  const forms = await Promise.all(visitors.map((visitor) => visitor.get('/user/login', alone)))
  const fields = { email: 'minjun@example.com', password: 'not the password' }
  return Promise.all(visitors.map((one, at) => one.submit(forms[at], '/user/login', fields)))
}

test.group('Limits: two processes', (group) => {
  group.each.setup(emptyDatabase)

  async function twoServers(settings: Settings) {
    const site = onThisDatabase({ TRUST_PROXY: '127.0.0.1', ...settings })
    return Promise.all([
      spawnServer(site, { patienceMs: LIFETIME }),
      spawnServer(site, { patienceMs: LIFETIME }),
    ])
  }

  for (const store of ['database', 'redis'] as const) {
    test(`of a hundred guesses at once exactly ten get an answer (${store})`, async ({
      assert,
      cleanup,
    }) => {
      const redis = store === 'redis' ? await RedisServer.start() : null
      const servers = await twoServers({ LIMITER_STORE: store, REDIS_PORT: redis?.port })
      cleanup(async () => {
        for (const server of servers) await server.stop()
        await redis?.kill()
      })

      const urls = servers.map(({ url }) => url)
      const statuses = (await guessAtOnce(urls, 100)).map(({ status }) => status)
      const few = mostOf('password_by_account')
      const passed = statuses.filter((status) => status !== 429)
      assert.lengthOf(passed, few)
      /* On a machine that is too busy for it a hash is put off, which is an answer too. */
      for (const status of passed) assert.include([422, 503], status)
      assert.notInclude(servers.map(({ printed }) => printed.stdout).join(), 'counted by each')
    })
      .skip(store === 'redis' && isNoPlaceForRedis, NO_PLACE)
      .timeout(120_000)
  }
})

test.group('Limits: Redis away', (group) => {
  group.each.setup(emptyDatabase)

  test('gone or silent, each process counts by itself; back again, they count together', async ({
    assert,
    cleanup,
  }) => {
    const redis = await RedisServer.start()
    const settings = { ...scaled, LIMITER_STORE: 'redis', REDIS_PORT: redis.port }
    const server = await spawnServer(onThisDatabase(settings), { patienceMs: LIFETIME })
    cleanup(async () => {
      await redis.kill()
      await server.stop()
    })
    const visitor = new Visitor({ base: server.url })
    const form = await visitor.get('/user/password/forgot')
    const ask = async () => (await visitor.submit(form, '/user/password/forgot')).status
    const askTimes = async (times: number) => {
      const statuses: number[] = []
      for (let time = 0; time < times; time++) statuses.push(await ask())
      return statuses
    }
    const complaints = () => server.printed.stdout.split('counted by each process alone').length - 1

    assert.deepEqual(await askTimes(2), [422, 422])
    assert.equal(complaints(), 0)

    await redis.kill()
    assert.deepEqual(await askTimes(most + 1), [...Array(most).fill(422), 429])
    assert.isAtLeast(complaints(), 1)

    await redis.start()
    let isBack = false
    for (let waited = 0; !isBack && waited < 20; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 500))
      isBack = (await ask()) === 422
    }
    assert.isTrue(isBack, 'the count in Redis begins anew')

    redis.freeze()
    const started = Date.now()
    assert.equal(await ask(), 429)
    assert.isBelow(Date.now() - started, 10_000)
  })
    .skip(isNoPlaceForRedis, NO_PLACE)
    .timeout(120_000)
})

test.group('Limits: whose address counts', (group) => {
  group.each.setup(emptyDatabase)
  group.each.skip(isRunElsewhere('mysql'), ELSEWHERE)

  /** Asks for mails until refused, from forwarded addresses; how many were let through. */
  async function passed(url: string, addressesOf: (time: number) => string, times: number) {
    let through = 0
    for (let time = 0; time < times; time++) {
      const visitor = new Forwarded(url, addressesOf(time))
      const form = await visitor.get('/user/password/forgot')
      if ((await visitor.submit(form, '/user/password/forgot')).status !== 429) through++
    }
    return through
  }

  test('without TRUST_PROXY nobody else: a forged header does nothing, and the log says why', async ({
    assert,
    cleanup,
  }) => {
    const server = await spawnServer(onThisDatabase(scaled), { patienceMs: LIFETIME })
    cleanup(async () => void (await server.stop()))
    assert.equal(await passed(server.url, (time) => `198.51.100.${time}`, most + 3), most)

    const warnings = server.printed.stdout.split('TRUST_PROXY does not name it').length - 1
    assert.equal(warnings, 1)
    assert.include(server.printed.stdout, 'RATE_LIMIT_SCALE multiplies every limit by 0.1')
  }).timeout(120_000)

  test('with TRUST_PROXY the address that the proxy saw, whatever the visitor claims', async ({
    assert,
    cleanup,
  }) => {
    const settings = { ...scaled, TRUST_PROXY: '127.0.0.1' }
    const server = await spawnServer(onThisDatabase(settings), { patienceMs: LIFETIME })
    cleanup(async () => void (await server.stop()))
    const { url } = server

    assert.equal(await passed(url, (time) => `203.0.113.${time}`, most + 3), most + 3)
    for (const claims of [
      (time: number) => `203.0.113.${time}, 198.51.100.1`,
      (time: number) => `127.0.0.1, 10.0.0.${time}, 198.51.100.2`,
      (time: number) => `${'x'.repeat(500 + time)}, 198.51.100.3`,
      /* Nobody's address is the proxy's own. */
      (time: number) => 'x'.repeat(500 + time),
    ]) {
      assert.equal(await passed(url, claims, most + 2), most)
    }
    assert.notInclude(server.printed.stdout, 'TRUST_PROXY')

    for (const [claim, ip] of [
      ['x'.repeat(500), '127.0.0.1'],
      ['198.51.100.4:51234', '198.51.100.4'],
    ]) {
      const email = `from-${ip}@example.com`
      const password = 'seven quiet herons at dawn'
      await makeUser({ email, password })
      const answer = await new Forwarded(url, claim).signIn(email, password)
      assert.equal(answer.status, 303)
      assert.equal((await UserSession.query().orderBy('id', 'desc').firstOrFail()).ip, ip)
    }
  }).timeout(120_000)

  test('an IPv6 network of 64 bits is one visitor, the next one is another, within 48 bits', async ({
    assert,
    cleanup,
  }) => {
    const settings = { ...scaled, TRUST_PROXY: '127.0.0.1' }
    const server = await spawnServer(onThisDatabase(settings), { patienceMs: LIFETIME })
    cleanup(async () => void (await server.stop()))
    const { url } = server
    assert.equal(await passed(url, (time) => `2001:db8:1:2::${time}`, most + 2), most)
    assert.equal(await passed(url, (time) => `2001:db8:1:${time + 3}::1`, most + 2), most + 2)

    /* Whoever has all of 48 bits has 65,536 networks, and sixteen times the number. */
    const nets = (of48: string) => (time: number) => `2001:db8:${of48}:${time}::1`
    assert.equal(await passed(url, nets('2'), 16 * most + 4), 16 * most)
    assert.equal(await passed(url, nets('3'), 2), 2)
  }).timeout(120_000)
})
