/* eslint-disable tests/copied-text -- its words are its own (docs/examples/express/site.mjs) */
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import User from '#models/user'
import { TellSites } from '#jobs/tell_sites'
import { backToSite } from '#tests/support/sites/site'
import { exampleSite } from '#tests/support/servers/example_site'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { makeProvider, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

type Example = Awaited<ReturnType<typeof exampleSite>>

/** Somebody at the example site, who is signed in here already. */
async function signedInAt({ url }: Example) {
  const { user, visitor: home } = await signedInMember()
  const there = new Visitor({ base: url })
  const begun = await there.get('/sign-in')
  await there.get((await home.get(begun.location)).location)
  return { user, home, there }
}

test.group('The example site', (group) => {
  group.tap((one) => one.skip(isRunElsewhere('mysql'), ELSEWHERE))
  const world = withProviders(group)

  test('offers its ways in, in the language of the browser', async ({ assert, cleanup }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    for (const [language, ...words] of [
      ['ko-KR', '카카오 로그인', '네이버 로그인', '이메일로 로그인'],
      ['en-US', 'Login with Kakao', 'Log in with Naver', 'Sign in with e-mail'],
      ['fr-FR', 'Login with Kakao'],
    ]) {
      const page = await new Visitor({ base: site.url, language }).get('/')
      for (const word of words) assert.include(page.words, word)
    }
  })

  for (const key of ['kakao', 'naver'] as const) {
    test(`by ${key}: straight there, back with what was told, again, and out of both`, async ({
      assert,
      cleanup,
    }) => {
      await makeProvider(world.server, key)
      const site = await exampleSite()
      cleanup(site.stop)
      const there = new Visitor({ base: site.url })
      const home = new Visitor()

      const begun = await there.get(`/sign-in?provider=${key}`)
      const away = await home.visit(begun.location)
      assert.equal(new URL(away.location).origin, world.server.origin)
      const waiting = [...there.cookies.values()]
      const arrived = await home.visit(await world.server.consent(away.location))
      assert.equal((await there.get(await backToSite(home, arrived))).location, '/')
      assert.notDeepEqual([...there.cookies.values()], waiting, 'the session id is a new one')

      const page = await there.get('/')
      const user = await User.firstOrFail()
      for (const told of [user.name, user.publicId, key]) assert.include(page.words, told)
      assert.equal((await there.post('/refresh', {})).status, 303)
      assert.include((await there.get('/')).words, '새 토큰을 받았습니다.')

      const leaving = await there.post('/sign-out', {})
      assert.equal((await home.get(leaving.location)).location, `${site.url}/`)
      assert.include((await there.get('/')).words, '로그아웃했습니다.')
      assert.isFalse(await home.isSignedIn())
    })
  }

  test('two presses of one button get one token, and the sign-in stands', async ({
    assert,
    cleanup,
  }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const { there } = await signedInAt(site)
    await Promise.all([there.post('/refresh', {}), there.post('/refresh', {})])
    await there.post('/refresh', {})
    const page = await there.get('/')
    assert.deepEqual(page.alerts, [])
    assert.include(page.words, '새 토큰을 받았습니다.')
  })

  test('hears that the session here has ended', async ({ assert, cleanup }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const { home, there } = await signedInAt(site)
    await home.submit(await home.get('/'), '/user/logout')
    await there.post('/refresh', {})
    const page = await there.get('/')
    assert.match(page.alerts.join(), /^로그인 사이트에서 로그아웃되어/)
    assert.include(page.words, '이메일로 로그인')
  })

  test('is told so, and believes nobody else', async ({ assert, cleanup }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const { user, home, there } = await signedInAt(site)
    for (const token of ['', 'x.y.z', 'eyJhbGciOiJub25lIn0.e30.']) {
      const answer = await there.post('/backchannel_logout', { logout_token: token })
      assert.equal(answer.status, 400)
    }
    assert.include((await there.get('/')).words, user.publicId)
    await home.submit(await home.get('/'), '/user/logout')
    assert.deepEqual(await new TellSites().handle(), { sent: 1, putOff: 0, givenUp: 0 })
    const page = await there.get('/')
    assert.match(page.alerts.join(), /^로그인 사이트에서 로그아웃되어/)
    assert.notInclude(page.words, user.publicId)

    /* All of a member at once; signing in again counts from then on. */
    await home.signIn(MEMBER, MEMBER_PASSWORD)
    await there.get((await home.get((await there.get('/sign-in')).location)).location)
    assert.include((await there.get('/')).words, user.publicId)
  })

  test('two tabs begin, and each way back ends signed in', async ({ assert, cleanup }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const { visitor: home } = await signedInMember()
    const there = new Visitor({ base: site.url })
    const begun = [await there.get('/sign-in'), await there.get('/sign-in')]
    for (const { location } of begun) {
      await there.get((await home.get(location)).location)
      const page = await there.get('/')
      assert.deepEqual(page.alerts, [])
      assert.include(page.words, '로그아웃')
    }
  })

  test('the way back of another browser signs nobody in', async ({ assert, cleanup }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const { visitor: home } = await signedInMember()
    const begun = await new Visitor({ base: site.url }).get('/sign-in')
    const back = (await home.get(begun.location)).location

    const victim = new Visitor({ base: site.url })
    await victim.get('/sign-in')
    await victim.get(back)
    const page = await victim.get('/')
    assert.match(page.alerts.join(), /^이미 끝났거나 오래된 로그인/)
    assert.include(page.words, '이메일로 로그인')
  })

  test('an error that comes back is said in words, one without words by its code', async ({
    assert,
    cleanup,
  }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const there = new Visitor({ base: site.url })
    for (const [error, words] of [
      ['access_denied', /^로그인을 취소했습니다\.$/],
      ['odd(b)', /^로그인하지 못했습니다\. .*odd\(b\)$/],
    ] as const) {
      const begun = await there.get('/sign-in')
      const state = new URL(begun.location).searchParams.get('state')!
      const query = new URLSearchParams({ error, state, iss: appUrl })
      await there.get(`/callback?${query}`)
      const page = await there.get('/')
      assert.match(page.alerts.join(), words)
      assert.notInclude(page.text, '<b>')
    }
  })

  test('a name is shown as text', async ({ assert, cleanup }) => {
    const site = await exampleSite()
    cleanup(site.stop)
    const { user, there } = await signedInAt(site)
    await user.merge({ name: '<img src=x>' }).save()
    await there.post('/refresh', {})
    const page = await there.get('/')
    assert.notInclude(page.text, '<img')
    assert.include(page.words, '<img src=x>')
  })

  for (const [what, settings, words] of [
    [
      'a wrong secret',
      { CLIENT_SECRET: 'not-the-secret' },
      /^로그인 사이트가 이 사이트를 받아들이지/,
    ],
    [
      'a Daemun that is down',
      { ISSUER: 'http://127.0.0.1:1' },
      /^로그인 사이트에 연결할 수 없습니다/,
    ],
  ] as const) {
    test(`${what} is said in words`, async ({ assert, cleanup }) => {
      const site = await exampleSite(settings)
      cleanup(site.stop)
      const { visitor: home } = await signedInMember()
      const there = new Visitor({ base: site.url })
      const begun = await there.get('/sign-in')
      if (begun.location !== '/') await there.get((await home.get(begun.location)).location)
      assert.match((await there.get('/')).alerts.join(), words)
    })
  }
})
