import { test } from '@japa/runner'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { MEMBER, MEMBER_PASSWORD, signedInMember, tripFrom } from '#tests/support/people/member'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const BUTTON = '/user/login/social/kakao'

test.group('A provider whose button is hidden', (group) => {
  const world = withProviders(group)
  let kakao: Provider
  group.each.setup(async () => {
    kakao = await makeProvider(world.server, 'kakao', { hidden: true })
    await makeProvider(world.server, 'naver')
  })

  test('has no button, except on a page that was asked for with it', async ({ assert }) => {
    const visitor = new Visitor()
    assert.notInclude((await visitor.get('/user/login')).actions, BUTTON)
    assert.notInclude((await visitor.get('/user/create')).actions, BUTTON)
    const page = await visitor.get('/user/login?with=kakao')
    assert.includeMembers(page.actions, [BUTTON, '/user/login/social/naver'])
    for (const odd of ['with=', 'with=none', 'with[]=kakao', 'with=kakao&with=naver']) {
      const plain = await visitor.get(`/user/login?${odd}`)
      assert.equal(plain.status, 200)
      assert.notInclude(plain.actions, BUTTON)
    }
  })

  test('has none even then while it is switched off', async ({ assert }) => {
    await kakao.merge({ enabled: false }).save()
    assert.notInclude((await new Visitor().get('/user/login?with=kakao')).text, BUTTON)
  })

  test('lets in who is connected to it', async ({ assert }) => {
    await kakao.merge({ hidden: false }).save()
    await signInWith(world.server, new Visitor(), 'kakao')
    await kakao.merge({ hidden: true }).save()

    const visitor = new Visitor()
    assert.equal((await signInWith(world.server, visitor, 'kakao')).location, '/')
    assert.isTrue(await visitor.isSignedIn())
    assert.lengthOf(await User.all(), 1)
  })

  for (const owner of [null, 'a member']) {
    test(`refuses a stranger, whose address ${owner ?? 'nobody'} has here`, async ({ assert }) => {
      if (owner) await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
      const visitor = new Visitor()
      const answer = await signInWith(world.server, visitor, 'kakao')
      assert.match(
        answer.location,
        /^\/user\/login\?failure=newcomers_refused&provider=kakao&mark=[\w-]{22}$/
      )
      assert.equal((await SignInAttempt.firstOrFail()).failure, 'newcomers_refused')
      assert.isEmpty(await Identity.all())
      assert.lengthOf(await User.all(), owner ? 1 : 0)
      assert.isFalse(await visitor.isSignedIn())

      const page = await visitor.get(answer.location)
      assert.include(page.alerts, t('failures.newcomers_refused'))
      assert.notInclude(page.actions, BUTTON)
    })
  }

  test('keeps its button for who failed for another reason', async ({ assert }) => {
    const answer = await signInWith(world.server, new Visitor(), 'kakao', { action: 'cancel' })
    assert.include((await new Visitor().get(answer.location)).actions, BUTTON)
  })

  test('can be connected by a member, who is no stranger, and then signs in', async ({
    assert,
  }) => {
    const { visitor, user } = await signedInMember()
    const page = '/account/sign_in_methods'
    assert.notInclude((await visitor.get(page)).actions, BUTTON)
    const linked = await tripFrom(world.server, visitor, `${page}?with=kakao`, 'kakao', {
      intent: 'link',
    })
    assert.equal(linked.location, page)
    assert.equal((await Identity.firstOrFail()).userId, user.id)
    assert.equal((await signInWith(world.server, new Visitor(), 'kakao')).location, '/')
  })
})
