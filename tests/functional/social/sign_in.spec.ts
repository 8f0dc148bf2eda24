import { createHash } from 'node:crypto'
import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import { failAtTheEndOf } from '#tests/support/meanwhile'
import { now, sqlTime } from '#time/clock'
import { Visitor } from '#tests/support/visitor'
import {
  DRIVER_NAMES,
  makeCredential,
  makeProvider,
  makeUser,
  PATHS,
  signInWith,
  start,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'

test.group('Signing in with a provider', (group) => {
  const world = withProviders(group)

  test('the PKCE verifier is another one for each trip, and only its hash goes ahead', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const trips: [Visitor, string][] = []
    for (const one of [visitor, visitor, new Visitor()]) {
      trips.push([one, (await start(one, 'kakao')).location])
    }
    const verifiers: string[] = []
    for (const [one, started] of trips) {
      const challenge = new URL(started).searchParams.get('code_challenge')
      await one.get(await world.server.consent(started))
      const verifier = world.server.lastCallTo(PATHS.kakao.token).form.get('code_verifier')!
      assert.match(verifier, /^[\w.~-]{43,128}$/)
      assert.equal(createHash('sha256').update(verifier).digest('base64url'), challenge)
      verifiers.push(verifier)
    }
    assert.lengthOf(new Set(verifiers), 3)
  })

  test('if it fails at its end, whoever was signed in here before still is', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { person: 'minjun' })
    /* Signing in cancels a withdrawal, so it takes a transaction. */
    await User.query().update({ withdrawAt: sqlTime(now().plus({ days: 1 })) })
    await makeUser({ email: 'member@example.com', password: 'a long enough password' })

    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'kakao', { person: 'minjun' })
    await visitor.signIn('member@example.com', 'a long enough password')
    failAtTheEndOf(UserSession)
    assert.equal((await visitor.get(callback)).status, 503)
    assert.include((await visitor.get('/account/')).text, 'member@example.com')
  })

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: a first visit makes a person without a password and signs them in`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const answer = await signInWith(world.server, visitor, driver, { person: 'minjun' })

      assert.equal(answer.status, 303)
      assert.equal(answer.location, '/')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.include((await visitor.get('/')).words, driver === 'kakao' ? '민준' : '김민준')

      const user = await User.firstOrFail()
      assert.isNull(user.password)
      assert.equal(user.email, driver === 'kakao' ? 'minjun@example.com' : null)

      const identity = await Identity.firstOrFail()
      assert.equal(identity.userId, user.id)
      assert.equal(identity.providerId, provider.id)
      assert.equal(identity.email, 'minjun@example.com')
      assert.equal(
        identity.subject,
        world.server[driver].subjectOf('minjun', `${driver}-client-id`)
      )

      const attempt = await SignInAttempt.firstOrFail()
      assert.equal(attempt.outcome, 'signed_in')
      assert.deepEqual(
        attempt.steps.map(({ name, result }) => [name, result]),
        [
          ['token', 'ok'],
          ['profile', 'ok'],
        ]
      )
    })

    test(`${driver}: a second visit finds the same person`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      for (let visit = 0; visit < 2; visit++) {
        assert.equal((await signInWith(world.server, new Visitor(), driver)).location, '/')
      }
      assert.lengthOf(await User.all(), 1)
      assert.lengthOf(await Identity.all(), 1)
    })

    test(`${driver}: \`next\` is kept over the whole trip`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const next = '/article/create?draft=1'
      const answer = await signInWith(world.server, new Visitor(), driver, { next })
      assert.equal(answer.location, next)
    })

    test(`${driver}: \`next\` never leads away, nor does one added to the callback`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
        const callback = await startAndConsent(world.server, new Visitor(), driver, { next })
        assert.notInclude(callback, 'evil')
      }
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      assert.equal((await visitor.get(`${callback}&next=//evil.example`)).location, '/')
    })

    test(`${driver}: what goes over the wire is what the provider documents`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const started = await start(visitor, driver)
      assert.equal(started.status, 303)

      const authorize = new URL(started.location).searchParams
      assert.equal(authorize.get('response_type'), 'code')
      assert.equal(authorize.get('client_id'), `${driver}-client-id`)
      assert.match(
        authorize.get('redirect_uri')!,
        new RegExp(`/user/login/social/${driver}/callback/$`)
      )
      assert.match(authorize.get('state')!, /^[\w-]{43}$/)
      assert.isFalse(authorize.has('scope'))
      assert.equal(authorize.get('code_challenge_method'), driver === 'kakao' ? 'S256' : null)

      await visitor.get(await world.server.consent(started.location))
      const { form, method } = world.server.lastCallTo(PATHS[driver].token)
      assert.equal(method, 'POST')
      assert.equal(form.get('grant_type'), 'authorization_code')
      assert.equal(form.get('client_secret'), `${driver}-client-secret`)
      assert.equal(form.get('redirect_uri'), authorize.get('redirect_uri'))
      assert.equal(form.get('state'), driver === 'naver' ? authorize.get('state') : null)
      assert.equal(form.has('code_verifier'), driver === 'kakao')
    })

    test(`${driver}: two tabs started together both finish, in either order`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const page = await visitor.get('/user/login')
      const tabs = []
      for (const next of ['/first', '/second']) {
        const started = await visitor.submit(page, `/user/login/social/${driver}`, { next })
        tabs.push(await world.server.consent(started.location))
      }
      assert.equal((await visitor.get(tabs[1])).location, '/second')
      assert.equal((await visitor.get(tabs[0])).location, '/first')
      assert.isTrue(await visitor.isSignedIn())
      assert.equal(world.server.count(PATHS[driver].token), 2)
    })

    test(`${driver}: the same callback sent twenty times at once signs in once`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.get(callback)))

      assert.lengthOf(
        answers.filter(({ location }) => location === '/'),
        1
      )
      assert.lengthOf(
        answers.filter(({ location }) => location.includes('failure=state_used')),
        19
      )
      assert.equal(world.server.count(PATHS[driver].token), 1)
      assert.lengthOf(await UserSession.all(), 1)
      assert.isTrue(await visitor.isSignedIn())
    })

    test(`${driver}: twenty first visits of one person at once make one person`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitors = Array.from({ length: 20 }, () => new Visitor())
      const callbacks = await Promise.all(
        visitors.map((visitor) => startAndConsent(world.server, visitor, driver))
      )
      const answers = await Promise.all(
        visitors.map((visitor, index) => visitor.get(callbacks[index]))
      )
      assert.isTrue(answers.every(({ location }) => location === '/'))
      assert.lengthOf(await User.all(), 1)
      assert.lengthOf(await Identity.all(), 1)
    })

    test(`${driver}: a new name at the provider arrives with the next visit`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      await signInWith(world.server, new Visitor(), driver)
      await User.query().update({ name: '옛 이름' })
      await signInWith(world.server, new Visitor(), driver)
      assert.notEqual((await User.firstOrFail()).name, '옛 이름')

      await User.query().update({ name: '내가 정한 이름', nameSetHere: true })
      await signInWith(world.server, new Visitor(), driver)
      assert.equal((await User.firstOrFail()).name, '내가 정한 이름')
    })

    test(`${driver}: a sign-in under way survives a rotation in between`, async ({ assert }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      await makeCredential(provider, `${driver}-client-id`, 'not-known-to-the-provider-yet')
      assert.equal((await visitor.get(callback)).location, '/')
    })

    test(`${driver}: it survives, too, when the console ends the old secret at once`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      world.server[driver].appOf(`${driver}-client-id`)!.clientSecrets = ['the-new-secret']
      await makeCredential(provider, `${driver}-client-id`, 'the-new-secret')
      assert.equal((await visitor.get(callback)).location, '/')
      assert.equal(world.server.count(PATHS[driver].token), 2)
    })
  }

  test('a person with another on the same computer: the last to sign in is signed in', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const tabs = [
      await startAndConsent(world.server, visitor, 'kakao', { person: 'minjun' }),
      await startAndConsent(world.server, visitor, 'kakao', { person: 'seoyeon' }),
    ]
    await visitor.get(tabs[0])
    const before = visitor.cookies.get(cookieName('session'))
    await visitor.get(tabs[1])

    assert.notEqual(visitor.cookies.get(cookieName('session')), before)
    assert.include((await visitor.get('/')).words, '서연이네')
    const [first] = await UserSession.query().orderBy('id')
    assert.isNotNull(first.revokedAt)
  })

  test('an id beyond 2^53 keeps every digit', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { person: 'yerin' })
    const { subject } = await Identity.firstOrFail()
    assert.equal(subject, world.server.kakao.subjectOf('yerin', 'kakao-client-id'))
    assert.isTrue(BigInt(subject) > BigInt(Number.MAX_SAFE_INTEGER))
  })

  test('tokens are stored encrypted, and no page or header shows one', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    const answer = await signInWith(world.server, visitor, 'naver')
    const { authorization } = world.server.lastCallTo('/v1/nid/me').headers
    const token = authorization!.replace('Bearer ', '')
    const identity = await Identity.firstOrFail()

    assert.isNotEmpty(token)
    assert.notInclude(JSON.stringify(identity.$attributes), token)
    assert.notInclude(JSON.stringify([...answer.headers]), token)
    assert.notInclude((await visitor.get('/')).text, token)
  })
})
