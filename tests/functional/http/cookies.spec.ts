import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import env from '#start/env'
import { appUrl } from '#config/app'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Cookies', (group) => {
  const world = withProviders(group)

  test('another site on the same host, at another port, signs nobody out here', async ({
    assert,
    cleanup,
  }) => {
    const { visitor: here } = await signedInMember()
    const other = await spawnServer(onThisDatabase({ LOG_LEVEL: 'error' }))
    cleanup(async () => {
      await other.kill()
    })
    /* One jar: browsers tell hosts apart, not ports. */
    const there = new Visitor({ base: other.url, cookies: here.cookies })
    await there.signIn(MEMBER, MEMBER_PASSWORD)
    assert.isTrue(await there.isSignedIn())
    assert.isTrue(await here.isSignedIn())

    const page = await here.get('/account/name')
    await there.submit(await there.get('/'), '/user/logout')
    assert.isFalse(await there.isSignedIn())
    assert.isTrue(await here.isSignedIn())
    assert.equal((await here.submit(page, '/account/name', { name: '한결' })).status, 303)
  }).timeout(30_000)

  test('have names of this site alone, also what forms need', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await visitor.get('/user/login')
    await signInWith(world.server, visitor, 'kakao')
    await visitor.get('/')
    const { port } = new URL(appUrl)
    for (const name of visitor.cookies.keys()) assert.match(name, new RegExp(`^daemun-.+-${port}$`))
    for (const cookie of ['session', 'browser', 'form'] as const) {
      assert.isTrue(visitor.cookies.has(cookieName(cookie)), cookie)
    }
    /* A member's form session may lie elsewhere, and then there is nothing for it to hold. */
    const isInCookie = env.get('SESSION_DRIVER') === 'cookie'
    assert.equal(visitor.cookies.has(cookieName('form-data')), isInCookie)
  })

  test('what a form session held counts for no other session', async ({ assert }) => {
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    const other = new Visitor()
    await other.get('/user/login')
    other.cookies.set(cookieName('form-data'), visitor.cookies.get(cookieName('form-data'))!)
    assert.include((await other.submit(page, '/user/login/social/kakao')).location, 'form_expired')
    assert.include((await visitor.submit(page, '/user/login/social/kakao')).location, 'unknown')
  })

  test('an answer sets each cookie once', async ({ assert }) => {
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    await signedInMember()
    const signedIn = await visitor.submit(page, '/user/login', {
      email: MEMBER,
      password: MEMBER_PASSWORD,
    })
    const left = await visitor.submit(await visitor.get('/'), '/user/logout')
    for (const { headers } of [page, signedIn, left]) {
      const names = headers.getSetCookie().map((line) => line.split('=')[0])
      assert.lengthOf(new Set(names), names.length, names.join())
    }
  })
})
