import { test } from '@japa/runner'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { Visitor } from '#tests/support/visitor'
import { DRIVER_NAMES, makeProvider, signInWith, withProviders } from '#tests/support/trip'

test.group('Required fields', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: without the e-mail the visitor is told, and can be asked again once`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const refused = await signInWith(world.server, visitor, driver, {
        agree: ['name', 'nickname'],
        next: '/article/create',
      })
      assert.include(refused.location, 'failure=missing_fields')
      assert.lengthOf(await User.all(), 0)

      const page = await visitor.get(refused.location)
      assert.include(page.alerts.join(), '이메일')
      assert.equal(page.fieldValue('next'), '/article/create')

      const again = await visitor.submit(page, `/user/login/social/${driver}`, {
        parent: page.fieldValue('parent')!,
        next: '/article/create',
      })
      const authorize = new URL(again.location).searchParams
      assert.equal(authorize.get('scope'), driver === 'kakao' ? 'account_email' : null)
      assert.equal(authorize.get('auth_type'), driver === 'naver' ? 'reprompt' : null)

      const answer = await visitor.get(await world.server.consent(again.location))
      assert.equal(answer.location, '/article/create')
      assert.isTrue(await visitor.isSignedIn())
    })

    test(`${driver}: a second refusal is not followed by a third question`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const agree = ['name', 'nickname'] as const
      const first = await signInWith(world.server, visitor, driver, { agree: [...agree] })
      const page = await visitor.get(first.location)
      const parent = page.fieldValue('parent')!
      const again = await visitor.submit(page, `/user/login/social/${driver}`, { parent })
      const second = await visitor.get(
        await world.server.consent(again.location, { agree: [...agree] })
      )
      const last = await visitor.get(second.location)
      assert.include(last.alerts.join(), '이메일')
      assert.isUndefined(last.fieldValue('parent'))
      assert.lengthOf(await User.all(), 0)
    })
  }

  test('a stranger gains nothing from the id of an attempt', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const refused = await signInWith(world.server, new Visitor(), 'kakao', { agree: ['name'] })
    const stranger = new Visitor()
    await stranger.get('/user/login')
    const page = await stranger.get(refused.location)
    assert.isUndefined(page.fieldValue('parent'))

    const { publicId } = await SignInAttempt.firstOrFail()
    const started = await stranger.submit(page, '/user/login/social/kakao', { parent: publicId })
    assert.isNull(new URL(started.location).searchParams.get('scope'))
  })

  test('a person without any address at Kakao is told so, without a pointless question', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const refused = await signInWith(world.server, visitor, 'kakao', { person: 'haneul' })
    assert.include(refused.location, 'failure=missing_fields')
    assert.isUndefined((await visitor.get(refused.location)).fieldValue('parent'))
  })

  test('a member whose address is proved here needs not give it again', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const answer = await signInWith(world.server, new Visitor(), 'kakao', { agree: ['nickname'] })
    assert.equal(answer.location, '/')
  })

  test("Kakao's stand-in nickname does not count as a name", async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const refused = await signInWith(world.server, visitor, 'kakao', { person: 'jiwoo' })
    assert.include(refused.location, 'failure=missing_fields')
    assert.include((await visitor.get(refused.location)).alerts.join(), '이름')
  })
})
