import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { linkTo, signedInMember, tripFrom } from '#tests/support/people/member'
import { faults } from '#tests/support/servers/provider_server'
import {
  DRIVER_NAMES,
  makeProvider,
  PATHS,
  signInWith,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'
import type { Agreeable } from '#sandbox/consent_page'

const METHODS = '/account/sign_in_methods'

test.group('Account: data this service may use', (group) => {
  const world = withProviders(group)

  async function arrived(driver: DriverName, agree?: Agreeable[]) {
    const provider = await makeProvider(world.server, driver, { requiredFields: ['name'] })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, driver, { agree })
    const identity = await Identity.firstOrFail()
    return { provider, visitor, identity, page: `${METHODS}/${identity.publicId}/data` }
  }

  test('the page of ways to sign in leads there', async ({ assert }) => {
    const { visitor, page } = await arrived('kakao')
    assert.include((await visitor.get(METHODS)).text, `href="${page}"`)
  })

  test('kakao: what was agreed to and what was not, each with what can be done', async ({
    assert,
  }) => {
    const { visitor, page } = await arrived('kakao', ['name', 'nickname'])
    world.server.kakao.appOf('kakao-client-id')!.requiredItems = ['profile_nickname']
    const shown = await visitor.get(page)
    assert.include(shown.words, '카카오계정 이메일 동의하지 않음')
    assert.include(shown.words, '닉네임 동의함')
    assert.include(shown.words, '프로필 사진 동의 철회')
    assert.notInclude(shown.words, '닉네임 동의 철회')
    assert.include(shown.words, '카카오계정 이메일 동의하기')
    assert.equal(shown.headers.get('cache-control'), 'no-store')
  })

  test('naver: what was agreed to, by one button more', async ({ assert }) => {
    const { visitor, page } = await arrived('naver', ['name', 'nickname'])
    const shown = await visitor.get(page)
    assert.include(shown.words, '이름 동의함')
    assert.notInclude(shown.words, '이메일 동의')
    assert.include(shown.words, '네이버에서 다시 동의하기')
    assert.notInclude(shown.text, '/data/withdraw')
  })

  test('kakao: one item withdrawn is gone there, and what it had shown is gone here', async ({
    assert,
  }) => {
    const { visitor, page, identity } = await arrived('kakao')
    assert.equal(identity.email, 'minjun@example.com')
    const answer = await visitor.submit(await visitor.get(page), `${page}/withdraw`, {
      item: 'account_email',
    })
    assert.equal(answer.location, page)
    assert.include((await visitor.get(page)).words, '동의를 철회했습니다')
    assert.notInclude(world.server.kakao.agreedBy('minjun', 'kakao-client-id'), 'account_email')
    await identity.refresh()
    assert.isNull(identity.email)
    assert.notInclude(identity.scopes, 'account_email')
    assert.include(identity.scopes, 'profile_nickname')
    assert.equal(identity.name, '민준')
    assert.isTrue(await visitor.isSignedIn())
  })

  test('kakao: an item that the provider keeps stays, and is said to', async ({ assert }) => {
    const { visitor, page, identity } = await arrived('kakao')
    const shown = await visitor.get(page)
    world.server.kakao.appOf('kakao-client-id')!.requiredItems = ['account_email']
    for (const item of ['account_email', 'never_heard_of', '"]', '']) {
      await visitor.submit(shown, `${page}/withdraw`, { item })
      assert.include((await visitor.get(page)).alerts.join(), '따로 철회할 수 없습니다', item)
    }
    assert.isNotNull((await identity.refresh()).email)
  })

  test('naver: nothing is withdrawn by itself', async ({ assert }) => {
    const { visitor, page } = await arrived('naver')
    await visitor.submit(await visitor.get(page), `${page}/withdraw`, { item: 'email' })
    assert.isNotEmpty((await visitor.get(page)).alerts)
  })

  for (const driver of DRIVER_NAMES) {
    const item = driver === 'kakao' ? 'account_email' : 'all'

    test(`${driver}: asked again, the person agrees, stays signed in, and the address is known`, async ({
      assert,
    }) => {
      const { visitor, page, identity } = await arrived(driver, ['name', 'nickname'])
      assert.isNull(identity.email)
      const before = visitor.cookies.get(cookieName('session'))
      const back = await tripFrom(world.server, visitor, page, driver, {
        intent: 'reconsent',
        identity: identity.publicId,
        item,
      })
      assert.equal(back.location, page)
      assert.include((await visitor.get(page)).words, '다시 동의하신 내용을 반영했습니다')
      assert.equal((await identity.refresh()).email, 'minjun@example.com')
      assert.equal(visitor.cookies.get(cookieName('session')), before)
      assert.equal(
        (await SignInAttempt.query().orderBy('id', 'desc').first())?.outcome,
        'reconsented'
      )
      assert.include((await visitor.get('/account/history')).words, '다시 동의')

      const path = driver === 'kakao' ? '/oauth/authorize' : '/oauth2.0/authorize'
      const { query } = world.server.lastCallTo(path)
      if (driver === 'kakao') assert.equal(query.get('scope'), 'account_email')
      else assert.equal(query.get('auth_type'), 'reprompt')
    })

    test(`${driver}: somebody else who comes back is refused, and nothing is kept`, async ({
      assert,
    }) => {
      const { visitor, page, identity } = await arrived(driver)
      const { accessToken } = identity
      const back = await tripFrom(world.server, visitor, page, driver, {
        intent: 'reconsent',
        identity: identity.publicId,
        item,
        person: 'seoyeon',
      })
      assert.include(back.location, `${METHODS}?failure=identity_of_another`)
      assert.isNotEmpty((await visitor.get(back.location)).alerts)
      assert.lengthOf(await Identity.all(), 1)
      assert.equal((await identity.refresh()).accessToken, accessToken)
      assert.isTrue(await visitor.isSignedIn())
    })

    test(`${driver}: another account of the same person's is not the expected one`, async ({
      assert,
    }) => {
      const { visitor, page, identity } = await arrived(driver)
      await signInWith(world.server, new Visitor(), driver, { person: 'seoyeon' })
      const second = await Identity.query().whereNot('id', identity.id).firstOrFail()
      await second.merge({ userId: identity.userId }).save()
      const back = await tripFrom(world.server, visitor, page, driver, {
        intent: 'reconsent',
        identity: identity.publicId,
        item,
        person: 'seoyeon',
      })
      assert.include(back.location, 'failure=identity_of_another')
    })

    test(`${driver}: a provider that is down is said to be, and nothing else breaks`, async ({
      assert,
    }) => {
      const { visitor, page } = await arrived(driver)
      const shown = await visitor.get(page)
      for (const fault of [faults.reset, faults.serverError, faults.html, faults.flood]) {
        world.server.spoil('*', fault, Infinity)
        const down = await visitor.get(page)
        assert.equal(down.status, 200)
        assert.include(down.alerts.join(), '지금은')
        const answer = await visitor.submit(shown, `${page}/withdraw`, { item: 'account_email' })
        assert.equal(answer.location, page)
        world.server.mend()
      }
      assert.isTrue(await visitor.isSignedIn())
      assert.isEmpty((await visitor.get(page)).alerts)
    })

    test(`${driver}: the provider's words stay words`, async ({ assert }) => {
      const { visitor, page } = await arrived(driver)
      const label = '<script>alert(1)</script>'
      const scopes = [
        { id: label, display_name: label, using: true, agreed: true, revocable: true },
      ]
      const answers = {
        kakao: { id: 1, scopes: [...scopes, { id: 'x', display_name: label, agreed: true }, null] },
        naver: {
          resultcode: '00',
          response: { allowed_profile: `name,${label},${'x'.repeat(100)}` },
        },
      }
      const path = driver === 'kakao' ? '/v2/user/scopes' : '/v1/nid/verify'
      world.server.spoil(path, faults.json(answers[driver]))
      const shown = await visitor.get(page)
      assert.equal(shown.status, 200)
      assert.notInclude(shown.text, label)
    })

    test(`${driver}: a link that was ended there is found out here: signed out, with the reason`, async ({
      assert,
    }) => {
      const { visitor, page, provider } = await arrived(driver)
      world.server[driver].unlink('minjun', `${driver}-client-id`)
      const found = await visitor.get(page)
      assert.equal(found.location, `/user/login?next=${encodeURIComponent(page)}`)
      const signIn = await visitor.get(found.location)
      assert.include(signIn.alerts.join(), `${provider.label}에서 이 사이트와의 연결이 끊어져`)
      const back = await signInWith(world.server, visitor, driver, { next: page })
      assert.equal(back.location, page)
      assert.equal((await visitor.get(page)).status, 200)
      assert.lengthOf(await User.all(), 1)
    })

    test(`${driver}: who came by another way stays, and is told on the page of ways to sign in`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const { visitor } = await signedInMember({ email: 'other@example.com' })
      await tripFrom(world.server, visitor, METHODS, driver, { intent: 'link' })
      const identity = await Identity.firstOrFail()
      world.server[driver].unlink('minjun', `${driver}-client-id`)
      const found = await visitor.get(`${METHODS}/${identity.publicId}/data`)
      assert.equal(found.location, METHODS)
      const methods = await visitor.get(METHODS)
      assert.include(methods.alerts.join(), '연결이 끊어졌습니다')
      assert.include(methods.words, '연결 끊김')
      assert.notInclude(methods.text, '/data"')
    })
  }

  test("somebody else's page does not exist, nor is consent asked for their identity", async ({
    assert,
  }) => {
    const { page, identity, provider } = await arrived('kakao')
    const { visitor, user } = await signedInMember({ email: 'other@example.com' })
    await linkTo(user, provider)
    assert.equal((await visitor.get(page)).status, 404)
    const methods = await visitor.get(METHODS)
    const withdrawal = await visitor.submit(methods, `${page}/withdraw`, { item: 'account_email' })
    assert.equal(withdrawal.status, 404)
    const calls = world.server.count(PATHS.kakao.token)
    for (const fields of [{ identity: identity.publicId }, { identity: 'x' }, {}]) {
      const started = await visitor.submit(methods, '/user/login/social/kakao', {
        intent: 'reconsent',
        ...(fields as Record<string, string>),
      })
      assert.include(started.location, `${METHODS}?failure=identity_of_another`)
    }
    const stranger = await new Visitor().get(page)
    assert.include(stranger.location, '/user/login?next=')
    assert.equal(world.server.count(PATHS.kakao.token), calls)
  })

  test('signed out, nobody is asked for consent', async ({ assert }) => {
    const { identity } = await arrived('kakao')
    const visitor = new Visitor()
    const started = await visitor.submit(
      await visitor.get('/user/login'),
      '/user/login/social/kakao',
      {
        intent: 'reconsent',
        identity: identity.publicId,
      }
    )
    assert.include(started.location, '/user/login?failure=signed_out')
  })

  test('tokens that have had their day are mended by a new consent', async ({ assert }) => {
    const { visitor, page, identity } = await arrived('kakao')
    world.server.kakao.expireAccessTokens()
    await Identity.query().update({ refreshToken: null })
    const shown = await visitor.get(page)
    assert.include(shown.alerts.join(), '기간이 지났습니다')
    await tripFrom(world.server, visitor, page, 'kakao', {
      intent: 'reconsent',
      identity: identity.publicId,
      item: 'account_email',
    })
    assert.isEmpty((await visitor.get(page)).alerts)
  })

  test('both languages have words for it', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor({ language: 'en' })
    await signInWith(world.server, visitor, 'naver')
    const identity = await Identity.firstOrFail()
    const page = await visitor.get(`${METHODS}/${identity.publicId}/data`)
    assert.include(page.words, 'Data this service may use')
    assert.include(page.words, 'E-mail Agreed')
  })
})
