import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import router from '@adonisjs/core/services/router'
import SignInAttempt from '#models/sign_in_attempt'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { signedInMember } from '#tests/support/people/member'
import { DRIVER_NAMES, makeProvider, startAndConsent, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** How browsers say that nobody has opened what they load. */
const AHEAD: [string, string][] = [
  ['sec-purpose', 'prefetch'],
  ['sec-purpose', 'prefetch;prerender'],
  ['sec-purpose', 'prefetch;anonymous-client-ip'],
  ['purpose', 'prefetch'],
  ['x-purpose', 'preview'],
  ['x-moz', 'Prefetch'],
]

/** Every row of every table. */
async function everything() {
  const tables = await db.connection().getAllTables()
  const rows = await Promise.all(tables.map((table) => db.from(table).select('*')))
  return JSON.stringify(rows)
}

/** An address of every page; what stands for an id leads nowhere. */
function pages() {
  return Object.values(router.toJSON())
    .flat()
    .filter(({ methods }) => methods.includes('GET') && methods.includes('HEAD'))
    .map(({ pattern }) => pattern.replace(/:\w+/g, 'kakao'))
    .filter((path) => !/^\/(health|metrics|theme)\b/.test(path))
}

test.group('What nobody looks at', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: HEAD and speculative loads of a callback leave it to the person`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver, { next: '/article' })
      const before = await everything()
      const calls = world.server.calls.length

      const head = await visitor.request(callback, { method: 'HEAD' })
      assert.equal(head.status, 200)
      for (const [name, value] of AHEAD) {
        const ahead = await visitor.get(callback, { [name]: value })
        assert.equal(ahead.status, 204, `${name}: ${value}`)
        assert.equal(ahead.headers.get('cache-control'), 'no-store')
        const both = { method: 'HEAD', headers: { [name]: value } }
        assert.equal((await visitor.request(callback, both)).status, 204)
      }
      assert.equal(await everything(), before)
      assert.equal(world.server.calls.length, calls)

      assert.equal((await visitor.get(callback)).location, '/article')
      assert.equal((await SignInAttempt.firstOrFail()).outcome, 'signed_in')
    })
  }

  test('no page is opened by it: nothing is written, given or shown for the only time', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = await signedInAs()
    await UserSession.query().update({ seenAt: sqlTime(now().minus({ minutes: 20 })) })
    const before = await everything()
    const all = pages()
    assert.isAbove(all.length, 50)
    for (const path of all) {
      for (const one of [{ method: 'HEAD' }, { headers: { 'sec-purpose': 'prefetch' } }]) {
        const answer = await visitor.request(path, one)
        assert.oneOf(answer.status, [200, 204], path)
        assert.equal(answer.headers.get('cache-control'), 'no-store', path)
        assert.isEmpty(answer.headers.getSetCookie(), path)
        assert.equal(answer.text, '', path)
        assert.match(answer.headers.get('content-security-policy')!, /default-src 'none'/)
      }
    }
    assert.equal(await everything(), before)
  })

  test('a notice waits for somebody who reads it', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const form = await visitor.get('/account/name')
    const { location } = await visitor.submit(form, '/account/name', { name: '한결' })
    await visitor.request(location, { method: 'HEAD' })
    await visitor.get(location, { 'sec-purpose': 'prefetch;prerender' })
    assert.match((await visitor.get(location)).text, /role="status"/)
  })

  test('a newcomer gets no cookie by it, and the first real look gives them', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    await visitor.request('/user/login', { method: 'HEAD' })
    await visitor.get('/user/login', { purpose: 'prefetch' })
    assert.equal(visitor.cookies.size, 0)
    await visitor.get('/user/login')
    assert.isAbove(visitor.cookies.size, 0)
  })

  test('a HEAD of a notice that a link has ended does nothing', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const before = await everything()
    const path = '/webhooks/kakao/unlinked?app_id=1&user_id=1'
    assert.equal((await new Visitor().request(path, { method: 'HEAD' })).status, 404)
    assert.equal(await everything(), before)
  })

  test('what does not exist is not there for HEAD either, and forms are sent all the same', async ({
    assert,
  }) => {
    const visitor = new Visitor()
    assert.equal((await visitor.request('/nowhere', { method: 'HEAD' })).status, 404)
    const { csrf } = await visitor.get('/user/login')
    const sent = await visitor.request('/user/login', {
      method: 'POST',
      headers: { 'sec-purpose': 'prefetch' },
      body: new URLSearchParams({ _csrf: csrf, email: 'a@b.example', password: 'x' }),
    })
    assert.equal(sent.status, 422)
  })
})
