import { test } from '@japa/runner'
import { emptyDatabase } from '#tests/support/database'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { Visitor } from '#tests/support/visitor'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

/* A connection that stands idle while two hundred forms are fetched may be closed under the next. */
const ALONE = { connection: 'close' }

/** How long a file or a page may take meanwhile, in milliseconds; without a bound it took minutes. */
const PROMPT = 10_000

test.group('Two hundred sign-ins at once', (group) => {
  group.each.setup(emptyDatabase)
  group.tap((one) => one.skip(isRunElsewhere('mysql'), ELSEWHERE))

  test('some wait, the rest is asked to come back, and everybody else is served', async ({
    assert,
    cleanup,
  }) => {
    const settings = onThisDatabase({ RATE_LIMIT_SCALE: '1000', LOG_LEVEL: 'error' })
    const server = await spawnServer(settings, { patienceMs: 115_000 })
    cleanup(async () => void (await server.kill()))

    const visitors = Array.from({ length: 200 }, () => new Visitor({ base: server.url }))
    const forms = await Promise.all(visitors.map((visitor) => visitor.get('/user/login', ALONE)))
    const statuses: number[] = []
    const signIns = visitors.map(async (visitor, at) => {
      const fields = { email: `person${at}@example.com`, password: 'not the password' }
      const page = await visitor.submit(forms[at], '/user/login', fields)
      statuses.push(page.status)
      return page
    })
    const isRefused = (status: number) => status === 503

    const looks: number[] = []
    while (statuses.length < signIns.length) {
      /* From then on the crowd itself has been heard, and passwords are what remains. */
      const counts = statuses.filter(isRefused).length > 100
      const started = Date.now()
      for (const path of ['/favicon.svg', '/user/login']) {
        assert.equal((await new Visitor({ base: server.url }).get(path, ALONE)).status, 200)
      }
      if (counts) looks.push(Date.now() - started)
    }
    assert.isNotEmpty(looks)
    assert.isBelow(Math.max(...looks), PROMPT)

    const answers = await Promise.all(signIns)
    const refused = answers.filter(({ status }) => isRefused(status))
    assert.isAbove(refused.length, 100)
    assert.deepEqual([...new Set(statuses)].toSorted(), [422, 503])
    for (const page of refused) {
      assert.equal(page.headers.get('retry-after'), '10')
      assert.lengthOf(page.alerts, 1)
      assert.include(page.links, '/user/login')
    }
  }).timeout(120_000)
})
