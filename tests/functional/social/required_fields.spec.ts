import { test } from '@japa/runner'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'
import {
  DRIVER_NAMES,
  makeProvider,
  makeUser,
  signInWith,
  withProviders,
} from '#tests/support/trip'

test.group('Required fields', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: without the e-mail the visitor is told, and can be asked again once`, async ({
      assert,
    }) => {
      const { label } = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const refused = await signInWith(world.server, visitor, driver, {
        agree: ['name', 'nickname'],
        next: '/article/create',
      })
      assert.include(refused.location, 'failure=missing_fields')
      assert.lengthOf(await User.all(), 0)

      const page = await visitor.get(refused.location)
      const told = { provider: label, fields: t('failures.fields.email') }
      assert.include(page.alerts, t('failures.missing_fields', told))
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

    test(`${driver}: after a second refusal a page here takes the e-mail, proved by a code`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const agree = ['name', 'nickname'] as const
      const next = '/article'
      const first = await signInWith(world.server, visitor, driver, { agree: [...agree], next })
      const page = await visitor.get(first.location)
      const parent = page.fieldValue('parent')!
      const again = await visitor.submit(page, `/user/login/social/${driver}`, { parent, next })
      const consented = await world.server.consent(again.location, { agree: [...agree] })
      assert.equal((await visitor.get(consented)).location, '/user/login/complete')

      const form = await visitor.get('/user/login/complete')
      const sent = await visitor.submit(form, '/user/login/complete', {
        email: 'MinJun@Example.com',
      })
      assert.equal(sent.location, '/user/login/complete')
      assert.lengthOf(await User.all(), 0)

      const mail = await lastMailTo('minjun@example.com')
      const { code } = mail!.data as { code: string }
      const codePage = await visitor.get('/user/login/complete')
      const wrong = code === '000000' ? '000001' : '000000'
      const refused = await visitor.submit(codePage, '/user/login/complete', { code: wrong })
      assert.equal(refused.status, 422)
      const done = await visitor.submit(codePage, '/user/login/complete', { code })
      assert.equal(done.location, next)
      assert.equal((await User.firstOrFail()).email, 'minjun@example.com')
    })
  }

  test('a typed address of a member joins that account, once the code shows whose it is', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const owner = await makeUser({ email: 'owner@example.com' })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao', { person: 'haneul' })
    const form = await visitor.get('/user/login/complete')
    await visitor.submit(form, '/user/login/complete', { email: 'owner@example.com' })
    const { code } = (await lastMailTo('owner@example.com'))!.data as { code: string }
    const done = await visitor.submit(form, '/user/login/complete', { code })
    assert.equal(done.location, '/')
    assert.lengthOf(await User.all(), 1)
    assert.equal((await Identity.firstOrFail()).userId, owner.id)
  })

  test('a code mailed to one address proves no other, also when no more codes are sent', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    await makeUser({ email: 'victim@example.com' })
    const attacker = new Visitor()
    await signInWith(world.server, attacker, 'kakao', { person: 'haneul' })
    const form = await attacker.get('/user/login/complete')
    for (let sent = 0; sent < PendingIdentity.MOST_CODES; sent++) {
      await attacker.submit(form, '/user/login/complete', { email: 'attacker@example.com' })
    }
    const { code } = (await lastMailTo('attacker@example.com')).data as { code: string }

    await attacker.submit(form, '/user/login/complete', { email: 'victim@example.com' })
    const answer = await attacker.submit(form, '/user/login/complete', { code })
    assert.equal(answer.status, 422)
    assert.isFalse(await attacker.isSignedIn())
    assert.lengthOf(await Identity.all(), 0)
  })

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

  test('a person without any address at Kakao is not asked there, but here', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const answer = await signInWith(world.server, visitor, 'kakao', { person: 'haneul' })
    assert.equal(answer.location, '/user/login/complete')
    const page = await visitor.get('/user/login/complete')
    assert.isTrue(page.has('[name=email]'))
    assert.isUndefined(page.fieldValue('name'))
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
    await signInWith(world.server, visitor, 'kakao', { person: 'jiwoo' })
    const form = await visitor.get('/user/login/complete')
    const done = await visitor.submit(form, '/user/login/complete', { name: '  최지우 ' })
    assert.equal(done.location, '/')
    const user = await User.firstOrFail()
    assert.equal(user.name, '최지우')
    assert.equal(user.email, 'jiwoo@example.com')
  })

  test('a name given here does not vouch for an address that Kakao only shows', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao', { emailPolicy: 'never' })
    const owner = await makeUser({ email: 'jiwoo@example.com' })
    const attacker = new Visitor()
    await signInWith(world.server, attacker, 'kakao', { person: 'jiwoo' })
    const form = await attacker.get('/user/login/complete')
    const answer = await attacker.submit(form, '/user/login/complete', { name: '최지우' })
    assert.equal(answer.location, '/user/login/prove')
    assert.isFalse(await attacker.isSignedIn())
    assert.lengthOf(await Identity.all(), 0)

    await owner.delete()
    const newcomer = new Visitor()
    await signInWith(world.server, newcomer, 'kakao', { person: 'jiwoo' })
    const page = await newcomer.get('/user/login/complete')
    await newcomer.submit(page, '/user/login/complete', { name: '최지우' })
    assert.isTrue(await newcomer.isSignedIn())
    assert.isNull((await User.firstOrFail()).email)
  })

  test('a field that nothing asked for changes nothing', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao', { person: 'jiwoo' })
    const form = await visitor.get('/user/login/complete')
    const done = await visitor.submit(form, '/user/login/complete', {
      name: '최지우',
      email: 'victim@example.com',
      subject: '1',
      emailStatus: 'verified',
    })
    assert.equal(done.location, '/')
    assert.isEmpty(await queuedMails())
    const { email, subject } = await Identity.firstOrFail()
    assert.equal(email, 'jiwoo@example.com')
    assert.equal(subject, world.server.kakao.subjectOf('jiwoo', 'kakao-client-id'))
  })

  test('nothing is completed for a provider that has been switched off since', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao', { person: 'jiwoo' })
    const form = await visitor.get('/user/login/complete')
    await provider.merge({ enabled: false }).save()
    const answer = await visitor.submit(form, '/user/login/complete', { name: '최지우' })
    assert.include(answer.location, 'failure=proof_gone')
    assert.isFalse(await visitor.isSignedIn())
    assert.lengthOf(await User.all(), 0)
  })
})
