import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { linkTo, signedInMember, tripFrom } from '#tests/support/people/member'
import { faults } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
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
    assert.include((await visitor.get(METHODS)).links, page)
  })

  test('kakao: what was agreed to and what was not, each with what can be done', async ({
    assert,
  }) => {
    const { visitor, page } = await arrived('kakao', ['name', 'nickname'])
    world.server.kakao.appOf('kakao-client-id')!.requiredItems = ['profile_nickname']
    const shown = await visitor.get(page)
    const [email, nickname, picture] = ['account_email', 'profile_nickname', 'profile_image'].map(
      (item) => t(`consents.items.${item}`)
    )
    assert.include(shown.words, `${email} ${t('consents.not_agreed')}`)
    assert.include(shown.words, `${nickname} ${t('consents.agreed')}`)
    assert.include(shown.words, t('consents.withdraw', { item: picture }))
    assert.notInclude(shown.words, t('consents.withdraw', { item: nickname }))
    assert.include(shown.words, t('consents.ask_again', { item: email }))
    assert.equal(shown.headers.get('cache-control'), 'no-store')
  })

  test('naver: what was agreed to, by one button more', async ({ assert }) => {
    const { visitor, page, provider } = await arrived('naver', ['name', 'nickname'])
    const shown = await visitor.get(page)
    const listed = shown.wordsOf('.methods h2').join()
    assert.include(listed, `${t('consents.items.name')} ${t('consents.agreed')}`)
    assert.notInclude(listed, t('consents.items.email'))
    assert.include(shown.words, t('consents.ask_all', { provider: provider.label }))
    assert.notInclude(shown.actions, `${page}/withdraw`)
  })

  test('kakao: one item withdrawn is gone there, and what it had shown is gone here', async ({
    assert,
  }) => {
    const { visitor, page, identity, provider } = await arrived('kakao')
    assert.equal(identity.email, 'minjun@example.com')
    const answer = await visitor.submit(await visitor.get(page), `${page}/withdraw`, {
      item: 'account_email',
    })
    assert.equal(answer.location, page)
    const withdrawn = t('consents.withdrawn', { provider: provider.label })
    assert.include((await visitor.get(page)).words, withdrawn)
    assert.notInclude(world.server.kakao.agreedBy('minjun', 'kakao-client-id'), 'account_email')
    await identity.refresh()
    assert.isNull(identity.email)
    assert.notInclude(identity.scopes, 'account_email')
    assert.include(identity.scopes, 'profile_nickname')
    assert.equal(identity.name, '민준')
    assert.isTrue(await visitor.isSignedIn())
  })

  test('kakao: an item that the provider keeps stays, and is said to', async ({ assert }) => {
    const { visitor, page, identity, provider } = await arrived('kakao')
    const kept = t('consents.kept', { provider: provider.label })
    const shown = await visitor.get(page)
    world.server.kakao.appOf('kakao-client-id')!.requiredItems = ['account_email']
    for (const item of ['account_email', 'never_heard_of', '"]', '']) {
      await visitor.submit(shown, `${page}/withdraw`, { item })
      assert.include((await visitor.get(page)).alerts.join(), kept, item)
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
      const { visitor, page, identity, provider } = await arrived(driver, ['name', 'nickname'])
      assert.isNull(identity.email)
      const before = visitor.cookies.get(cookieName('session'))
      const back = await tripFrom(world.server, visitor, page, driver, {
        intent: 'reconsent',
        identity: identity.publicId,
        item,
      })
      assert.equal(back.location, page)
      const renewed = t('consents.renewed', { provider: provider.label })
      assert.include((await visitor.get(page)).words, renewed)
      assert.equal((await identity.refresh()).email, 'minjun@example.com')
      assert.equal(visitor.cookies.get(cookieName('session')), before)
      assert.equal(
        (await SignInAttempt.query().orderBy('id', 'desc').first())?.outcome,
        'reconsented'
      )
      const [last] = (await visitor.get('/account/history')).rows
      assert.include(last, t('account.history.results.reconsented'))

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
      const { visitor, page, provider } = await arrived(driver)
      const unavailable = t('consents.unavailable', { provider: provider.label })
      const shown = await visitor.get(page)
      for (const fault of [faults.reset, faults.serverError, faults.html, faults.flood]) {
        world.server.spoil('*', fault, Infinity)
        const down = await visitor.get(page)
        assert.equal(down.status, 200)
        assert.include(down.alerts, unavailable)
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
      assert.include(signIn.alerts, t('failures.grant_gone', { provider: provider.label }))
      const back = await signInWith(world.server, visitor, driver, { next: page })
      assert.equal(back.location, page)
      assert.equal((await visitor.get(page)).status, 200)
      assert.lengthOf(await User.all(), 1)
    })

    test(`${driver}: who came by another way stays, and is told on the page of ways to sign in`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const { visitor } = await signedInMember({ email: 'other@example.com' })
      await tripFrom(world.server, visitor, METHODS, driver, { intent: 'link' })
      const identity = await Identity.firstOrFail()
      world.server[driver].unlink('minjun', `${driver}-client-id`)
      const found = await visitor.get(`${METHODS}/${identity.publicId}/data`)
      assert.equal(found.location, METHODS)
      const methods = await visitor.get(METHODS)
      assert.include(methods.alerts, t('consents.unlinked', { provider: provider.label }))
      assert.include(methods.words, t('account.methods.unlinked'))
      assert.isFalse(methods.has('[href$="/data"]'))
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
    const { visitor, page, identity, provider } = await arrived('kakao')
    world.server.kakao.expireAccessTokens()
    await Identity.query().update({ refreshToken: null })
    const shown = await visitor.get(page)
    assert.include(shown.alerts, t('consents.ended', { provider: provider.label }))
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
    assert.include(page.words, t('consents.title', {}, 'en'))
    const [email, agreed] = ['items.email', 'agreed'].map((key) => t(`consents.${key}`, {}, 'en'))
    assert.include(page.words, `${email} ${agreed}`)
  })
})
