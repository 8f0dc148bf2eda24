import * as openid from 'openid-client'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import { MEMBER, MEMBER_PASSWORD, letProofsAge, signedInMember } from '#tests/support/people/member'
import { letCodesBeFresh, setUp } from '#tests/support/people/second_factor'
import { aRequest, aSite, backToSite, CALLBACK, siteClient } from '#tests/support/sites/site'
import { makeProvider, makeUser, startAndConsent, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Signing in at another site', (group) => {
  const world = withProviders(group)

  test('a member comes in by password and the site learns who it is', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const user = await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
    const request = await aRequest(config)
    const visitor = new Visitor()

    const form = await visitor.visit(request.url.href)
    assert.include(form.url, '/user/login?next=%2Foidc%2Finteraction%2F')
    const next = form.fieldValue('next')!
    assert.match(next, /^\/oidc\/interaction\/[\w-]+\/resume$/)
    const sent = await visitor.submit(form, '/user/login', {
      email: MEMBER,
      password: MEMBER_PASSWORD,
      next,
    })
    const back = await backToSite(visitor, await visitor.get(sent.location))
    assert.isTrue(back.startsWith(`${CALLBACK}?code=`), back)

    const tokens = await request.finish(back)
    const claims = tokens.claims()!
    assert.equal(claims.iss, appUrl)
    assert.equal(claims.sub, user.publicId)
    assert.deepEqual(claims.amr, ['pwd'])
    assert.equal(claims.acr, '1')
    assert.equal(claims.email, MEMBER)
    assert.isTrue(claims.email_verified)
    const info = await openid.fetchUserInfo(config, tokens.access_token, user.publicId)
    assert.equal(info.name, user.name)
  })

  for (const key of ['kakao', 'naver'] as const) {
    test(`by ${key}, whose key the site learns`, async ({ assert }) => {
      await makeProvider(world.server, key)
      const config = await siteClient(await aSite())
      const request = await aRequest(config)
      const visitor = new Visitor()
      const form = await visitor.visit(request.url.href)
      const next = form.fieldValue('next')!
      const callback = await startAndConsent(world.server, visitor, key, { next })
      const page = await visitor.visit(callback)
      const tokens = await request.finish(await backToSite(visitor, page))
      assert.deepEqual(tokens.claims()!.amr, [key])
    })
  }

  test('a site that names the provider gets its visitors there without a page of ours', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const config = await siteClient(await aSite())
    const request = await aRequest(config, { provider: 'kakao' })
    const visitor = new Visitor()
    const away = await visitor.visit(request.url.href)
    assert.equal(new URL(away.location).origin, world.server.origin)
    const page = await visitor.visit(await world.server.consent(away.location))
    const tokens = await request.finish(await backToSite(visitor, page))
    assert.deepEqual(tokens.claims()!.amr, ['kakao'])
    const { amr } = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub)
    assert.deepEqual(amr, ['kakao'])
  })

  for (const [what, settings, headers] of [
    ['that nobody knows', null, {}],
    ['that is switched off', { enabled: false }, {}],
    ['that is hidden', { hidden: true }, {}],
    ['in a picture', {}, { 'sec-fetch-dest': 'image' }],
  ] as const) {
    test(`a provider ${what} is the sign-in page, and no trip begins`, async ({ assert }) => {
      if (settings) await makeProvider(world.server, 'kakao', settings)
      const config = await siteClient(await aSite())
      const request = await aRequest(config, { provider: 'kakao' })
      const visitor = new Visitor()
      const asked = await visitor.get(request.url.href)
      const { location } = await visitor.get(asked.location, headers)
      assert.isTrue(location.startsWith('/user/login?next='), location)
      assert.isEmpty(await SignInAttempt.all())
    })
  }

  test('whoever is signed in is not sent to a provider', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config, { provider: 'kakao' })
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    assert.deepEqual(tokens.claims()!.amr, ['pwd'])
  })

  test('a request that nobody may make begins no trip', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const config = await siteClient(await aSite())
    for (const change of [{ redirect_uri: 'https://evil.example/' }, { client_id: 'nobody' }]) {
      const { url } = await aRequest(config, { provider: 'kakao' })
      for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value)
      assert.equal((await new Visitor().visit(url.href)).status, 400)
    }
    assert.isEmpty(await SignInAttempt.all())
  })

  test('a second factor makes acr 2, and acr_values=2 is met by it', async ({ assert }) => {
    const { user, visitor: home } = await signedInMember()
    const { app } = await setUp(home)
    await letCodesBeFresh()
    const config = await siteClient(await aSite())
    const request = await aRequest(config, { acr_values: '2' })
    const visitor = new Visitor()
    const form = await visitor.visit(request.url.href)
    const sent = await visitor.submit(form, '/user/login', {
      email: user.email!,
      password: MEMBER_PASSWORD,
      next: form.fieldValue('next')!,
    })
    const factor = await visitor.get(sent.location)
    const done = await visitor.submit(factor, '/user/login/second_factor', {
      ...factor.hiddenFields('/user/login/second_factor'),
      code: app.code(),
    })
    const tokens = await request.finish(await backToSite(visitor, await visitor.get(done.location)))
    assert.equal(tokens.claims()!.acr, '2')
    assert.deepEqual(tokens.claims()!.amr, ['pwd', 'otp', 'mfa'])
  })

  test('who is signed in here sees no page at all', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { user, visitor } = await signedInMember()
    const request = await aRequest(config, { prompt: 'none' })
    const answer = await visitor.get(request.url.href)
    const tokens = await request.finish(answer.location)
    assert.equal(tokens.claims()!.sub, user.publicId)
  })

  test('prompt=none says login_required to whoever is not', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const request = await aRequest(config, { prompt: 'none' })
    const { location } = await new Visitor().get(request.url.href)
    assert.isTrue(location.startsWith(CALLBACK))
    assert.equal(new URL(location).searchParams.get('error'), 'login_required')
  })

  test('a browser in which somebody else has signed in speaks for them, not for the one before', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const first = await aRequest(config)
    await first.finish((await visitor.get(first.url.href)).location)
    const other = await makeUser({ email: 'other@example.com', password: MEMBER_PASSWORD })
    const page = await visitor.get('/')
    await visitor.submit(page, '/user/logout')
    const nobody = await aRequest(config, { prompt: 'none' })
    assert.include((await visitor.get(nobody.url.href)).location, 'error=login_required')
    await visitor.signIn('other@example.com', MEMBER_PASSWORD)
    const second = await aRequest(config, { prompt: 'none' })
    const tokens = await second.finish((await visitor.get(second.url.href)).location)
    assert.equal(tokens.claims()!.sub, other.publicId)
  })

  test('prompt=login asks a signed-in member again', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    await letProofsAge()
    const request = await aRequest(config, { prompt: 'login' })
    const page = await visitor.visit(request.url.href)
    assert.include(page.url, '/account/reauthenticate?next=')
    const before = await UserSession.firstOrFail()
    assert.isTrue(before.authenticatedAt.diffNow('minutes').minutes < -10)
  })

  test('a refresh token is good once; used again it ends its family', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token!)
    assert.notEqual(fresh.refresh_token, tokens.refresh_token)
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    await assert.rejects(() => openid.refreshTokenGrant(config, fresh.refresh_token!))
    await assert.rejects(() =>
      openid.fetchUserInfo(config, fresh.access_token, openid.skipSubjectCheck)
    )
  })

  test('signing out here ends what the site has, but for offline_access', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const staying = await siteClient(
      await aSite({ clientId: 'app', scopes: ['openid', 'offline_access'] }),
      'app'
    )
    const { visitor } = await signedInMember()
    const one = await aRequest(config)
    const tokens = await one.finish((await visitor.get(one.url.href)).location)
    const two = await aRequest(staying, { scope: 'openid' })
    const kept = await two.finish((await visitor.get(two.url.href)).location)
    await visitor.submit(await visitor.get('/'), '/user/logout')
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    await assert.rejects(() =>
      openid.fetchUserInfo(config, tokens.access_token, openid.skipSubjectCheck)
    )
    assert.isString((await openid.refreshTokenGrant(staying, kept.refresh_token!)).access_token)
  })

  test('a suspension ends everything, at user info and introspection too', async ({ assert }) => {
    const config = await siteClient(await aSite({ scopes: ['openid', 'offline_access'] }))
    const { user, visitor } = await signedInMember()
    const request = await aRequest(config, { scope: 'openid' })
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    assert.isTrue((await openid.tokenIntrospection(config, tokens.access_token)).active)
    await db.transaction(async (trx) => (await User.lock(user.id, trx))!.suspend(null, trx))
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    await assert.rejects(() =>
      openid.fetchUserInfo(config, tokens.access_token, openid.skipSubjectCheck)
    )
    assert.isFalse((await openid.tokenIntrospection(config, tokens.access_token)).active)
    assert.lengthOf(await db.from('oidc_payloads').where('user_id', user.id), 0)
  })
})
