import { test } from '@japa/runner'
import router from '@adonisjs/core/services/router'
import { appUrl } from '#config/app'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { rawRequest } from '#tests/support/raw_request'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { makeProvider, makeUser, startAndConsent, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** What every answer has to say, whatever it answers. */
const REQUIRED: Record<string, RegExp> = {
  'content-security-policy': /default-src 'none'.*base-uri 'none'; frame-ancestors 'none'/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^same-origin$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\)/,
}

test.group('Headers', (group) => {
  const world = withProviders(group)

  for (const [what, path] of [
    ['a page', '/user/login'],
    ['a page that does not exist', '/nowhere'],
    ['a file', '/favicon.svg'],
    ['an answer for machines', '/health/live'],
    ['an address that is no URL', '/%'],
    ['a method that does not exist', '/user/logout'],
    ['an administration page, to a stranger', '/admin/providers'],
  ]) {
    test(`${what} has every header, without unsafe-inline`, async ({ assert }) => {
      const answer = await rawRequest(appUrl, { method: 'GET', path })
      for (const [name, value] of Object.entries(REQUIRED)) {
        assert.match(String(answer.headers[name]), value, name)
      }
      assert.notInclude(answer.headers['content-security-policy'], 'unsafe')
      assert.notProperty(answer.headers, 'x-powered-by')
    })
  }

  test('pages with a button to a provider may send forms to https, others to this site only', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const policy = async (path: string) =>
      (await new Visitor().get(path)).headers.get('content-security-policy')
    assert.match(
      (await policy('/user/login'))!,
      /form-action 'self' https: http:\/\/127\.0\.0\.1:\*/
    )
    assert.match((await policy('/user/password/forgot'))!, /form-action 'self';/)
  })

  test('no page of a person is kept by a cache', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const pages = Object.values(router.toJSON())
      .flat()
      .filter(({ pattern, methods }) => methods.includes('GET') && !pattern.includes(':'))
      .map(({ pattern }) => pattern)
      .filter((pattern) => /^\/(account|user|admin)/.test(pattern))
    assert.isAbove(pages.length, 15)
    for (const page of pages) {
      const answer = await visitor.get(page)
      assert.equal(answer.headers.get('cache-control'), 'no-store', `${page}: ${answer.status}`)
    }
  })

  test('the callback is no-store, says nothing to others, and leaves the code behind at once', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'kakao')
    const arrived = await visitor.get(callback)
    assert.equal(arrived.status, 303)
    assert.equal(arrived.headers.get('cache-control'), 'no-store')
    assert.equal(arrived.headers.get('referrer-policy'), 'same-origin')
    assert.notMatch(arrived.location, /code=|state=/)
    assert.isFalse(arrived.has('script, img, link, iframe'))
  })

  test('answers to forms and callbacks are 303, never 307 or 308', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/name')
    for (const [path, fields] of [
      ['/account/name', { name: '김새롬' }],
      ['/article/create', { title: '제목', body: '본문' }],
      ['/user/login/social/naver', { next: '/article' }],
      ['/user/logout', {}],
    ] as [string, Record<string, string>][]) {
      assert.equal((await visitor.submit(page, path, fields)).status, 303, path)
    }
  })

  test('with https every cookie is Secure and __Host-, and HSTS is sent', async ({
    assert,
    cleanup,
  }) => {
    const server = await spawnServer(
      onThisDatabase({ APP_URL: 'https://localhost', LOG_LEVEL: 'error' })
    )
    cleanup(async () => {
      await server.kill()
    })
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor({ base: server.url })
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const page = await visitor.get('/user/login')
    assert.match(page.headers.get('strict-transport-security')!, /max-age=\d{7}/)
    const fields = { email: MEMBER, password: MEMBER_PASSWORD }
    const signedIn = await visitor.submit(page, '/user/login', fields)
    const left = await visitor.submit(await visitor.get('/'), '/user/logout')
    assert.isTrue(visitor.cookies.has('__Host-daemun-browser'))
    const cookies = [page, signedIn, left].flatMap(({ headers }) => headers.getSetCookie())
    const ofSession = cookies.filter((cookie) => cookie.startsWith('__Host-daemun-session='))
    assert.lengthOf(ofSession, 2, 'one to sign in, one to sign out')
    for (const cookie of cookies) {
      assert.match(cookie, /; Path=\//i, cookie)
      assert.match(cookie, /; HttpOnly/i, cookie)
      assert.match(cookie, /; Secure/i, cookie)
      assert.match(cookie, /; SameSite=Lax/i, cookie)
      assert.notMatch(cookie, /; Domain=/i, cookie)
    }
    assert.isAbove(cookies.length, 6)
    for (const cookie of cookies)
      assert.match(cookie, /^__Host-daemun-(session|browser|known|form|form-data)=/)
  }).timeout(60_000)
})
