import * as openid from 'openid-client'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import { ApplyNotices } from '#jobs/apply_notices'
import { Prune } from '#jobs/prune'
import { now, sqlTime } from '#time/clock'
import Identity from '#models/identity'
import User from '#models/user'
import UserSession from '#models/user_session'
import { lastMailTo } from '#tests/support/mails'
import {
  letProofsAge,
  MEMBER,
  MEMBER_PASSWORD,
  signedInMember,
  visitorOf,
} from '#tests/support/people/member'
import { rawRequest } from '#tests/support/raw_request'
import { aRequest, aSite, backToSite, CALLBACK, siteClient } from '#tests/support/sites/site'
import { makeProvider, startAndConsent, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/* Of sites that may stay when the member has left: what ends with a session ends anyway. */
const STAYING = ['openid', 'offline_access']

test.group('What sites were given ends', (group) => {
  const world = withProviders(group)

  async function given(config: openid.Configuration, visitor: Visitor) {
    const request = await aRequest(config, { scope: 'openid' })
    return request.finish((await visitor.get(request.url.href)).location)
  }

  const stands = async (config: openid.Configuration, token: string) =>
    (await openid.tokenIntrospection(config, token)).active

  test('with a password that was reset, everywhere', async ({ assert }) => {
    const config = await siteClient(await aSite({ scopes: STAYING }))
    const { visitor } = await signedInMember()
    const tokens = await given(config, visitor)
    const stranger = new Visitor()
    const forgot = '/user/password/forgot'
    await stranger.submit(await stranger.get(forgot), forgot, { email: MEMBER })
    const mail = await lastMailTo(MEMBER)
    const link = new URL(mail!.template === 'reset_password' ? mail!.data.url : '').pathname
    const password = 'nine loud geese at dusk'
    assert.isTrue(await stands(config, tokens.access_token))
    await stranger.submit(await stranger.get(link), link, { password })
    assert.isFalse(await stands(config, tokens.access_token))
    await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
  })

  test('with signing out everywhere else, but for what this session gave', async ({ assert }) => {
    const config = await siteClient(await aSite({ scopes: STAYING }))
    const { user, visitor: here } = await signedInMember()
    const elsewhere = await visitorOf(user)
    const [ours, theirs] = [await given(config, here), await given(config, elsewhere)]
    await here.submit(await here.get('/account/devices'), '/account/devices/sign_out')
    assert.isTrue(await stands(config, ours.access_token))
    assert.isFalse(await stands(config, theirs.access_token))
  })

  test('with the account', async ({ assert }) => {
    const config = await siteClient(await aSite({ scopes: STAYING }))
    const { user, visitor } = await signedInMember()
    const tokens = await given(config, visitor)
    await User.query().where('id', user.id).delete()
    assert.isFalse(await stands(config, tokens.access_token))
  })

  test('with the link at the provider through which it began, and with no other', async ({
    assert,
  }) => {
    const kakao = await makeProvider(world.server, 'kakao', { appRef: '1000001' })
    kakao.keepAdminKey('the-admin-key-of-it')
    await kakao.save()
    const config = await siteClient(await aSite({ scopes: STAYING }))
    const visitor = new Visitor()
    await visitor.get(await startAndConsent(world.server, visitor, 'kakao'))
    const tokens = await given(config, visitor)
    const { visitor: other } = await signedInMember({ email: 'other@example.com' })
    const others = await given(config, other)

    const told = new URLSearchParams({
      app_id: '1000001',
      user_id: world.server.kakao.subjectOf('minjun', 'kakao-client-id'),
      referrer_type: 'UNLINK_FROM_APPS',
    })
    await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })
    const answer = await rawRequest(appUrl, {
      method: 'POST',
      path: '/webhooks/kakao/unlinked',
      headers: {
        'authorization': 'KakaoAK the-admin-key-of-it',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: told.toString(),
    })
    assert.equal(answer.status, 200)
    await new ApplyNotices().handle()
    assert.isFalse(await stands(config, tokens.access_token))
    assert.isTrue(await stands(config, others.access_token))
  })
})

test.group('What sites were given is worth nothing meanwhile', (group) => {
  withProviders(group)

  async function aVisit(scopes: string[]) {
    const config = await siteClient(await aSite({ scopes }))
    const { user, visitor } = await signedInMember()
    const request = await aRequest(config, { scope: 'openid' })
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    const isActive = async () =>
      (await openid.tokenIntrospection(config, tokens.access_token)).active
    return { config, user, tokens, isActive }
  }

  test('while the member is suspended, whoever noted that', async ({ assert }) => {
    const { isActive } = await aVisit(STAYING)
    await User.query().update({ suspendedAt: sqlTime(now()) })
    assert.isFalse(await isActive())
  })

  for (const end of ['expiresAt', 'lapsesAt', 'revokedAt'] as const) {
    test(`once the session it rests on is over (${end})`, async ({ assert }) => {
      const { config, tokens, isActive } = await aVisit(['openid'])
      assert.isTrue(await isActive())
      await UserSession.query().update({ [end]: sqlTime(now().minus({ seconds: 1 })) })
      assert.isFalse(await isActive())
      await assert.rejects(() => openid.refreshTokenGrant(config, tokens.refresh_token!))
    })
  }

  test('of ten uses of one refresh token at once no two succeed, and the family ends', async ({
    assert,
  }) => {
    const { config, tokens } = await aVisit(STAYING)
    const uses = await Promise.allSettled(
      Array.from({ length: 10 }, () => openid.refreshTokenGrant(config, tokens.refresh_token!))
    )
    const taken = uses.flatMap((use) => (use.status === 'fulfilled' ? [use.value] : []))
    assert.isAtMost(taken.length, 1)
    for (const { refresh_token: next } of taken) {
      await assert.rejects(() => openid.refreshTokenGrant(config, next!))
    }
  })

  test('a grant is forgotten when nothing given for it is left, and not before', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    const rows = () => db.from('oidc_payloads')
    await rows().update({ created_at: sqlTime(now().minus({ days: 2 })) })

    await new Prune().handle()
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token!)
    assert.isString(fresh.access_token)

    await rows().whereNot('model', 'Grant').delete()
    await new Prune().handle()
    assert.isEmpty(await rows())
  })

  test('of ten uses of one code at once no two succeed', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const { location } = await visitor.get(request.url.href)
    const uses = await Promise.allSettled(
      Array.from({ length: 10 }, () => request.finish(location))
    )
    const taken = uses.flatMap((use) => (use.status === 'fulfilled' ? [use.value] : []))
    assert.isAtMost(taken.length, 1)
    for (const { access_token: token } of taken) {
      assert.isFalse((await openid.tokenIntrospection(config, token)).active)
    }
  })
})

test.group('Ways in which a site may ask', (group) => {
  withProviders(group)

  test('form_post brings the code in a form that our policy lets go to the site', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config, { response_mode: 'form_post' })
    const page = await visitor.get(request.url.href)
    assert.equal(page.status, 200)
    assert.include(page.actions, CALLBACK)
    const policy = page.headers.get('content-security-policy')!
    assert.include(policy, `form-action ${new URL(CALLBACK).origin};`)
    const answer = new URL(CALLBACK)
    for (const name of ['code', 'state', 'iss']) {
      answer.searchParams.set(name, page.fieldValue(name)!)
    }
    assert.isString((await request.finish(answer.href)).id_token)
  })

  test('a request that was pushed is known by its reference alone', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const pushed = await openid.buildAuthorizationUrlWithPAR(config, request.url.searchParams)
    assert.sameMembers([...pushed.searchParams.keys()], ['client_id', 'request_uri'])
    const back = (await visitor.get(pushed.href)).location
    assert.isString((await request.finish(back)).id_token)
    assert.notInclude((await visitor.get(pushed.href)).location, 'code=')
  })

  test('max_age asks whoever has not shown for longer who they are', async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { visitor } = await signedInMember()
    const fresh = await aRequest(config, { max_age: '300' })
    assert.include((await visitor.get(fresh.url.href)).location, 'code=')
    await letProofsAge()
    const old = await aRequest(config, { max_age: '300' })
    assert.include((await visitor.visit(old.url.href)).url, '/account/reauthenticate?next=')
  })

  test('a page in the browser has no secret, and only its own origin may read the answers', async ({
    assert,
  }) => {
    await aSite({ kind: 'browser' })
    const config = await siteClient('')
    const { visitor } = await signedInMember()
    const request = await aRequest(config)
    const tokens = await request.finish((await visitor.get(request.url.href)).location)
    const { origin } = new URL(CALLBACK)
    for (const [asking, allowed] of [
      [origin, origin],
      ['https://evil.example', null],
    ] as const) {
      const answer = await fetch(config.serverMetadata().userinfo_endpoint!, {
        headers: { authorization: `Bearer ${tokens.access_token}`, origin: asking },
      })
      assert.equal(answer.headers.get('access-control-allow-origin'), allowed)
      assert.isNull(answer.headers.get('access-control-allow-credentials'))
    }
  })

  test('who is not signed in comes to the sign-in page and back to the page of the site', async ({
    assert,
  }) => {
    const config = await siteClient(await aSite())
    await signedInMember()
    const visitor = new Visitor()
    const request = await aRequest(config)
    const form = await visitor.visit(request.url.href)
    const next = form.fieldValue('next')!
    assert.isBelow(next.length, 100)
    const wrong = await visitor.submit(form, '/user/login', {
      email: MEMBER,
      password: 'not the password',
      next,
    })
    assert.equal(wrong.fieldValue('next'), next)
    const sent = await visitor.submit(wrong, '/user/login', {
      email: MEMBER,
      password: MEMBER_PASSWORD,
      next,
    })
    assert.isString(
      (await request.finish(await backToSite(visitor, await visitor.get(sent.location)))).id_token
    )
  })
})
