import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Article from '#models/article'
import Identity from '#models/identity'
import SecondFactor from '#models/second_factor'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { now, sqlTime } from '#time/clock'
import { hashToken, randomToken } from '#crypto/random_token'
import { forget, mailedLink, press } from '#tests/support/people/sign_up'
import { letLimitsPass } from '#tests/support/limits'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import {
  linkTo,
  MEMBER,
  MEMBER_PASSWORD,
  signedInMember,
  tripFrom,
  visitorOf,
} from '#tests/support/people/member'
import {
  answer,
  ASKED,
  letCodesBeFresh,
  setUp,
  type SetUp,
} from '#tests/support/people/second_factor'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const NEW_PASSWORD = 'eleven noisy crows at dusk'
const NEXT = '/article/create'

/** Which half minute this is. */
const stepNow = () => Math.floor(Date.now() / 30_000)

/** An administrator with a second factor and every first factor there is. */
interface Person extends SetUp {
  user: User
  /** The browser in which it was set up. */
  home: Visitor
}

test.group('A second factor is asked for after every way of signing in', (group) => {
  const world = withProviders(group)

  async function anAdministrator(): Promise<Person> {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    const { user, visitor: home } = await signedInMember({ role: 'admin' })
    const page = '/account/sign_in_methods'
    await tripFrom(world.server, home, page, 'kakao', { intent: 'link' })
    await tripFrom(world.server, home, page, 'naver', { intent: 'link' })
    const factor = await setUp(home)
    await user.refresh()
    await letCodesBeFresh()
    return { user, home, ...factor }
  }

  async function byPassword(visitor: Visitor, more: Record<string, string> = {}) {
    const page = await visitor.get('/user/login')
    const fields = { email: MEMBER, password: MEMBER_PASSWORD, next: NEXT, ...more }
    return visitor.submit(page, '/user/login', fields)
  }

  /** The ways in; each ends with the answer that would sign in who has no second factor. */
  const WAYS: Record<string, (visitor: Visitor, person: Person) => Promise<{ location: string }>> =
    {
      'e-mail and password': (visitor) => byPassword(visitor),
      'e-mail and password, to stay signed in': (visitor) =>
        byPassword(visitor, { remember: 'true' }),
      'Kakao': (visitor) => signInWith(world.server, visitor, 'kakao', { next: NEXT }),
      'Naver': (visitor) => signInWith(world.server, visitor, 'naver', { next: NEXT }),
      'a provider, and a missing field given here': async (visitor, { user }) => {
        await User.query().where('id', user.id).update({ name: '' })
        const kakao = await signInWith(world.server, visitor, 'kakao', { agree: [], next: NEXT })
        const page = await visitor.get(kakao.location)
        const fields = { parent: page.fieldValue('parent')!, next: NEXT }
        const again = await visitor.submit(page, '/user/login/social/kakao', fields)
        await visitor.get(await world.server.consent(again.location, { agree: [] }))
        const form = await visitor.get('/user/login/complete')
        return visitor.submit(form, '/user/login/complete', { name: '김관리' })
      },
      'a password that was just reset': async (visitor) => {
        await forget(visitor, MEMBER)
        const link = await mailedLink(MEMBER)
        await press(visitor, link, { password: NEW_PASSWORD })
        assertNobody(await visitor.isSignedIn())
        return byPassword(visitor, { password: NEW_PASSWORD })
      },
    }

  function assertNobody(isSignedIn: boolean) {
    if (isSignedIn) throw new Error('somebody is signed in')
  }

  for (const [way, signIn] of Object.entries(WAYS)) {
    test(`${way}: nobody is signed in before the code`, async ({ assert }) => {
      const person = await anAdministrator()
      const { user, home } = person
      const bystander = await visitorOf(
        await makeUser({ email: 'b@example.com', password: 'b' }),
        'b'
      )
      const visitor = new Visitor()
      const before = await User.findOrFail(user.id)
      const first = await signIn(visitor, person)
      assert.equal(first.location, ASKED)

      const asked = await visitor.get(ASKED)
      assert.equal(asked.status, 200)
      assert.equal(asked.headers.get('cache-control'), 'no-store')
      const signOut = 'header form[action="/user/logout"]'
      assert.isFalse(asked.has(signOut))

      /* Nothing that needs a person opens, … */
      for (const path of ['/account', '/account/second_factor', '/account/devices']) {
        const { location } = await visitor.get(path)
        assert.equal(location, `/user/login?next=${encodeURIComponent(path)}`)
      }
      assert.equal((await visitor.get('/admin')).location, '/user/login?next=%2Fadmin')
      assert.include((await visitor.get('/')).links, '/user/login')

      /* … and no form does anything. */
      const article = { title: '몰래 쓴 글', body: '…' }
      assert.equal((await visitor.submit(asked, '/article/create', article)).status, 401)
      assert.isEmpty(await Article.all())
      const intent = { intent: 'link' }
      const link = await visitor.submit(asked, '/user/login/social/naver', intent)
      assert.include(link.location, 'failure=signed_out')
      for (const [path, fields] of [
        ['/account/devices/sign_out', { which: 'all' }],
        ['/account/password', { password: NEW_PASSWORD, currentPassword: MEMBER_PASSWORD }],
        ['/account/reauthenticate', { password: MEMBER_PASSWORD }],
        ['/account/reauthenticate/second_factor', { code: person.app.code() }],
        ['/account/second_factor/remove', { code: person.app.code() }],
        ['/account/second_factor/recovery_codes', {}],
        ['/account/withdrawal', { understood: 'true' }],
        ['/admin/security/second_factor', {}],
      ] as [string, Record<string, string>][]) {
        assert.equal((await visitor.submit(asked, path, fields)).location, '/user/login', path)
      }
      assert.isTrue(await bystander.isSignedIn())
      if (!way.includes('reset')) assert.isTrue(await home.isSignedIn())

      const after = await User.findOrFail(user.id)
      assert.deepEqual(after.lastSignInAt, before.lastSignInAt)
      assert.isTrue(after.hasSecondFactor)
      const attempt = await SignInAttempt.query()
        .where('outcome', 'second_factor_due')
        .orderBy('id', 'desc')
        .firstOrFail()
      assert.equal(attempt.userId, user.id)

      /* The code opens it all, under another token. */
      const waitedWith = visitor.cookies.get(cookieName('session'))
      const done = await answer(visitor, { code: person.app.code() })
      assert.equal(done.status, 303)
      assert.equal(done.location, NEXT)
      assert.notEqual(visitor.cookies.get(cookieName('session')), waitedWith)
      const security = await visitor.get('/admin/security')
      assert.equal(security.status, 200)
      assert.isTrue(security.has(signOut))
      await attempt.refresh()
      assert.equal(attempt.outcome, 'signed_in')
      const signedIn = await User.findOrFail(user.id)
      assert.isTrue(signedIn.lastSignInAt! >= now().minus({ minutes: 1 }))

      const copy = new Visitor()
      copy.cookies.set(cookieName('session'), waitedWith!)
      assert.isFalse(await copy.isSignedIn())
      assert.include((await copy.get(ASKED)).location, 'failure=second_factor_gone')
    })
  }

  test('a second press goes where the first one went', async ({ assert }) => {
    const { app } = await anAdministrator()
    const visitor = new Visitor()
    await byPassword(visitor)
    const page = await visitor.get(ASKED)
    const fields = { code: app.code(), next: page.fieldValue('next')! }
    assert.equal((await visitor.submit(page, ASKED, fields)).location, NEXT)
    const again = await visitor.submit(page, ASKED, fields)
    assert.equal((await visitor.get(again.location)).location, NEXT)
  })

  test('"stay signed in" and how the person came are remembered until then', async ({ assert }) => {
    const { user, app } = await anAdministrator()
    const remembered = new Visitor()
    const waiting = await byPassword(remembered, { remember: 'true' })
    const waitingCookie = waiting.headers
      .getSetCookie()
      .find((one) => one.startsWith(`${cookieName('session')}=`))
    assert.notMatch(waitingCookie ?? '', /max-age/i)
    const done = await answer(remembered, { code: app.code() })
    const cookie = done.headers
      .getSetCookie()
      .find((one) => one.startsWith(`${cookieName('session')}=`))
    assert.match(cookie ?? '', /max-age=2592000/i)

    await letCodesBeFresh()
    const byKakao = new Visitor()
    await signInWith(world.server, byKakao, 'kakao')
    assert.equal((await answer(byKakao, { code: app.code() })).location, '/')
    const session = await UserSession.query().orderBy('id', 'desc').firstOrFail()
    const identity = await Identity.findOrFail(session.identityId!)
    assert.equal(identity.userId, user.id)
    assert.equal(session.expiresAt.diff(session.createdAt).as('days'), 1)
  })

  test('what a sign-in changes waits for the code: a withdrawal, a name', async ({ assert }) => {
    const { user, app } = await anAdministrator()
    await User.query()
      .where('id', user.id)
      .update({ withdrawAt: sqlTime(now().plus({ hours: 1 })), name: '예전 이름' })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    await user.refresh()
    assert.isNotNull(user.withdrawAt)
    assert.equal(user.name, '예전 이름')

    const done = await answer(visitor, { code: app.code() })
    await user.refresh()
    assert.isNull(user.withdrawAt)
    const kakao = await Identity.query().orderBy('lastUsedAt', 'desc').orderBy('id').firstOrFail()
    assert.equal(user.name, kakao.name)
    const { words } = await visitor.get(done.location)
    assert.include(words, t('account.withdrawal.cancelled_by_sign_in'))
  })

  test('an unknown account of a provider is never joined by e-mail', async ({ assert }) => {
    const { user, visitor: home } = await signedInMember()
    await setUp(home)
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const refused = await signInWith(world.server, visitor, 'kakao')
    assert.include(refused.location, 'failure=account_protected')
    assert.isFalse(await visitor.isSignedIn())
    assert.lengthOf(await Identity.query().where('userId', user.id), 0)
  })

  for (const proof of ['password', 'mailed code', 'other provider'] as const) {
    test(`nor is one that waited for a proof by ${proof} when it was switched on`, async ({
      assert,
    }) => {
      const kakao = await makeProvider(world.server, 'kakao')
      await makeProvider(world.server, 'naver')
      const { user, visitor: home } = await signedInMember()
      if (proof === 'other provider') {
        await tripFrom(world.server, home, '/account/sign_in_methods', 'kakao', { intent: 'link' })
      }
      const linked = await Identity.query().where('providerId', kakao.id)
      const visitor = new Visitor()
      const held = await signInWith(world.server, visitor, 'naver')
      assert.equal(held.location, '/user/login/prove')
      const page = await visitor.get('/user/login/prove')
      if (proof === 'mailed code') await visitor.submit(page, '/user/login/prove/code')
      const { data } = proof === 'mailed code' ? await lastMailTo(MEMBER) : { data: {} }
      await setUp(home)

      const path = '/user/login/prove'
      const refused =
        proof === 'other provider'
          ? await tripFrom(world.server, visitor, '/user/login', 'kakao', { intent: 'prove' })
          : proof === 'password'
            ? await visitor.submit(page, path, { password: MEMBER_PASSWORD })
            : await visitor.submit(page, path, { code: (data as { code: string }).code })
      assert.include(refused.location, 'failure=proof_gone')
      assert.isFalse(await visitor.isSignedIn())
      assert.equal((await visitor.get(ASKED)).status, 303)
      const identities = await Identity.query().where('userId', user.id)
      assert.lengthOf(identities, linked.length)
    })
  }

  test('a sign-up with the address of somebody who has one leads nowhere', async ({ assert }) => {
    const { visitor: home } = await signedInMember()
    await setUp(home)
    const visitor = new Visitor()
    const page = await visitor.get('/user/create')
    const fields = { email: MEMBER, name: '도둑', password: NEW_PASSWORD }
    await visitor.submit(page, '/user/create', fields)
    assert.equal((await lastMailTo(MEMBER)).template, 'address_taken')
    assert.isFalse(await visitor.isSignedIn())
  })

  test('signing in as somebody else leaves nobody signed in meanwhile', async ({ assert }) => {
    const { user, visitor: home } = await signedInMember()
    await setUp(home)
    const visitor = await visitorOf(await makeUser({ email: 'b@example.com', password: 'b' }), 'b')
    const page = await visitor.get('/user/login?failure=cancelled')
    await visitor.submit(page, '/user/login', { email: user.email!, password: MEMBER_PASSWORD })
    assert.isFalse(await visitor.isSignedIn())
    assert.equal((await visitor.get(ASKED)).status, 200)
  })

  test('a session row that was made around the guard is no session', async ({ assert }) => {
    const { user, visitor: home } = await signedInMember()
    const token = randomToken()
    await setUp(home)
    const at = now()
    const times = {
      authenticatedAt: at,
      seenAt: at,
      createdAt: at,
      expiresAt: at.plus({ days: 1 }),
      lapsesAt: at.plus({ hours: 1 }),
    }
    await UserSession.create({ userId: user.id, tokenHash: hashToken(token), ...times })
    const visitor = new Visitor()
    visitor.cookies.set(cookieName('session'), token)
    assert.isFalse(await visitor.isSignedIn())
  })
})

test.group('The page that asks for the second factor', (group) => {
  const world = withProviders(group)

  async function aPerson(fields: Partial<User> = {}) {
    const { user, visitor: home } = await signedInMember(fields)
    const factor = await setUp(home)
    return { user, home, ...factor }
  }

  /** Somebody who knows the password, in a browser of their own, before the code. */
  async function waitingFor(user: User) {
    const visitor = await visitorOf(user)
    const page = await visitor.get(ASKED)
    return { visitor, page, type: (code: string) => visitor.submit(page, ASKED, { code }) }
  }

  test('to who waits for nothing it is the sign-in page', async ({ assert }) => {
    assert.include((await new Visitor().get(ASKED)).location, '/user/login?failure=')
    const { visitor } = await signedInMember()
    assert.equal((await visitor.get(ASKED)).location, '/')
  })

  test('without its token the form does nothing', async ({ assert }) => {
    const { user, app } = await aPerson()
    const { visitor } = await waitingFor(user)
    await visitor.post(ASKED, { code: app.code(1) })
    assert.isFalse(await visitor.isSignedIn())
    assert.equal((await answer(visitor, { code: app.code(1) })).location, '/')
  })

  test('a code counts once, whoever types it', async ({ assert }) => {
    const { user, app, usedCode } = await aPerson()
    const owner = await waitingFor(user)
    const thief = await waitingFor(user)
    const atSetUp = await owner.type(usedCode)
    assert.equal(atSetUp.status, 422)
    assert.include(atSetUp.complaint('code'), t('second_factor.errors.code.used'))

    const code = app.code(1)
    assert.equal((await owner.type(code)).location, '/')
    assert.equal((await thief.type(code)).status, 422)
    /* An older one, of a step that nobody has used, comes too late as well. */
    assert.equal((await thief.type(app.code(0))).status, 422)
    assert.isFalse(await thief.visitor.isSignedIn())
  })

  test('it may come one step too early or too late, and no more', async ({ assert }) => {
    const { user, app } = await aPerson()
    for (const [steps, status] of [
      [-3, 422],
      [-1, 303],
      [0, 303],
      [1, 303],
      [3, 422],
    ]) {
      await letCodesBeFresh()
      const { type } = await waitingFor(user)
      const step = stepNow()
      const answered = await type(app.code(steps))
      /* Of a code that was under way as the step ended, nothing can be said. */
      if (stepNow() === step) assert.equal(answered.status, status, String(steps))
    }
  })

  test('the same code sent ten times at once, from two browsers, signs one in', async ({
    assert,
  }) => {
    const { user, app } = await aPerson()
    const [here, there] = [await waitingFor(user), await waitingFor(user)]
    const code = app.code(1)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? here : there).type(code))
    )
    assert.lengthOf(
      answers.filter(({ status, location }) => status === 303 && location === '/'),
      1
    )
    const alive = await UserSession.query().whereNull('revokedAt').where('userId', user.id)
    assert.lengthOf(alive, 2)
  })

  test('a recovery code signs in once; the person is told how many are left', async ({
    assert,
  }) => {
    const { user, recoveryCodes } = await aPerson()
    const [here, there] = [await waitingFor(user), await waitingFor(user)]
    const typed = ` ${recoveryCodes[0].toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')} `
    const answers = await Promise.all(
      [here, there, here, there].map(({ visitor, page }) =>
        visitor.submit(page, ASKED, { recoveryCode: typed })
      )
    )
    assert.lengthOf(
      answers.filter(({ location }) => location === '/'),
      1
    )
    const mail = await lastMailTo(MEMBER)
    assert.equal(mail.template, 'recovery_code_used')
    assert.deepInclude(mail.data, { left: 9 })

    const again = await waitingFor(user)
    const refused = await again.visitor.submit(again.page, ASKED, {
      recoveryCode: recoveryCodes[0],
    })
    assert.equal(refused.status, 422)
    const told = refused.complaint('recoveryCode')
    assert.include(told, t('second_factor.errors.recoveryCode.wrong'))
    assert.isTrue(refused.has('details.otherwise[open]'))
  })

  test("another person's code or recovery code is of no use", async ({ assert }) => {
    const { user } = await aPerson()
    const other = await aPerson({ email: 'other@example.com' })
    const { visitor, page, type } = await waitingFor(user)
    await letCodesBeFresh()
    assert.equal((await type(other.app.code())).status, 422)
    const recoveryCode = other.recoveryCodes[0]
    assert.equal((await visitor.submit(page, ASKED, { recoveryCode })).status, 422)
    assert.isFalse(await visitor.isSignedIn())
  })

  test('after five wrong codes the sign-in is over, however they are sent', async ({ assert }) => {
    const { user, app } = await aPerson()
    const { visitor, type } = await waitingFor(user)
    const answers = await Promise.all(Array.from({ length: 8 }, () => type(app.wrongCode())))
    assert.isAtLeast(
      answers.filter(({ location }) => location.includes('failure=second_factor_gone')).length,
      1
    )
    const right = await type(app.code(1))
    assert.include(right.location, '/user/login?failure=second_factor_gone')
    assert.isNotEmpty((await visitor.get(right.location)).alerts)
    assert.isFalse(await visitor.isSignedIn())
    const { failures } = await SecondFactor.firstOrFail()
    assert.equal(failures, 5)
  })

  test('who guesses on with the password waits ever longer; the owner is told once', async ({
    assert,
  }) => {
    const { user, app, recoveryCodes } = await aPerson()
    const guess = async () => {
      /* The password is counted as well; here it is the code's turn. */
      await letLimitsPass()
      const { type } = await waitingFor(user)
      return type(app.wrongCode())
    }
    const pausedFor = (minutes: number) => t('second_factor.errors.code.paused', { minutes })
    for (let wrong = 1; wrong <= 5; wrong++) {
      assert.notInclude((await guess()).words, pausedFor(1))
    }
    const told = (await queuedMails()).filter(
      ({ template }) => template === 'second_factor_guessed'
    )
    assert.lengthOf(told, 1)

    /* A right code is not even looked at. */
    const { type, visitor, page } = await waitingFor(user)
    const paused = await type(app.code(1))
    assert.equal(paused.status, 422)
    assert.equal(paused.complaint('code'), pausedFor(1))

    for (const minutes of [2, 4, 8, 16, 32, 60, 60, 60, 60]) {
      await SecondFactor.query().update({ failedAt: sqlTime(now().minus({ minutes: 61 })) })
      await letLimitsPass()
      await guess()
      assert.equal((await guess()).complaint('code'), pausedFor(minutes))
    }
    const { failures } = await SecondFactor.firstOrFail()
    assert.equal(failures, 14)
    assert.lengthOf(
      (await queuedMails()).filter(({ template }) => template === 'second_factor_guessed'),
      1
    )

    /* A recovery code is no guess: its owner gets in all the while. */
    const recovery = await visitor.submit(page, ASKED, { recoveryCode: recoveryCodes[0] })
    assert.equal(recovery.location, '/')

    /* So does the app, once the pause is over; that ends the count. */
    await SecondFactor.query().update({ failedAt: sqlTime(now().minus({ minutes: 61 })) })
    const owner = await waitingFor(user)
    assert.equal((await owner.type(app.code(1))).location, '/')
    const after = await SecondFactor.firstOrFail()
    assert.equal(after.failures, 0)
  })

  test('it waits ten minutes', async ({ assert }) => {
    const { user, app } = await aPerson()
    const { visitor, type } = await waitingFor(user)
    await WaitingSignIn.query().update({ expiresAt: sqlTime(now()) })
    assert.include((await visitor.get(ASKED)).location, 'failure=second_factor_gone')
    assert.include((await type(app.code(1))).location, 'failure=second_factor_gone')
    const fresh = await waitingFor(user)
    const { expiresAt } = await WaitingSignIn.query().orderBy('id', 'desc').firstOrFail()
    assert.approximately(expiresAt.diff(now()).as('minutes'), 10, 0.1)
    assert.equal((await fresh.type(app.code(1))).location, '/')
  })

  test('it counts in the browser that gave the first factor only', async ({ assert }) => {
    const { user, app } = await aPerson()
    const { visitor } = await waitingFor(user)
    const stranger = new Visitor()
    const page = await stranger.get('/user/login')
    const answered = await stranger.submit(page, ASKED, { code: app.code(1) })
    assert.include(answered.location, 'failure=second_factor_gone')
    assert.equal((await answer(visitor, { code: app.code(1) })).location, '/')
  })

  const ENDINGS: Record<string, (user: User, home: Visitor) => Promise<unknown>> = {
    'the password is reset': async () => {
      const visitor = new Visitor()
      await forget(visitor, MEMBER)
      await press(visitor, await mailedLink(MEMBER), { password: NEW_PASSWORD })
    },
    'the password is changed': async (_user, home) =>
      home.submit(await home.get('/account/password'), '/account/password', {
        currentPassword: MEMBER_PASSWORD,
        password: NEW_PASSWORD,
      }),
    'the person signs out everywhere': async (_user, home) =>
      home.submit(await home.get('/account/devices'), '/account/devices/sign_out', {
        which: 'others',
      }),
    'the person is suspended': (user) =>
      User.query()
        .where('id', user.id)
        .update({ suspendedAt: sqlTime(now()) }),
    'the browser signs out': async () => {},
  }
  for (const [what, end] of Object.entries(ENDINGS)) {
    test(`it is over when ${what}`, async ({ assert }) => {
      const { user, home, app } = await aPerson()
      const { visitor, page, type } = await waitingFor(user)
      await end(user, home)
      if (what === 'the browser signs out') {
        const cookie = visitor.cookies.get(cookieName('session'))!
        await visitor.submit(page, '/user/logout')
        visitor.cookies.set(cookieName('session'), cookie)
      }
      const answered = await type(app.code(1))
      assert.notEqual(answered.location, '/')
      assert.isFalse(await visitor.isSignedIn())
    })
  }

  test('a trip that waits is over when its provider is disconnected or ends the link', async ({
    assert,
  }) => {
    const { user, app } = await aPerson()
    const { visitor, type } = await waitingFor(user)
    const provider = await makeProvider(world.server, 'kakao')
    const identity = await linkTo(user, provider)
    await WaitingSignIn.query().update({ identityId: identity.id })
    await Identity.query().update({ unlinkedAt: sqlTime(now()) })
    assert.include((await type(app.code(1))).location, 'failure=second_factor_gone')
    await Identity.query().delete()
    assert.isEmpty(await WaitingSignIn.query().where('identityId', identity.id))
    assert.isFalse(await visitor.isSignedIn())
  })

  test('with the key to the secrets gone, it says so, and recovery codes still work', async ({
    assert,
  }) => {
    const { user, app, recoveryCodes } = await aPerson()
    await SecondFactor.query().update({ secret: 'secrets.nobody.opens.this' })
    const { visitor, page, type } = await waitingFor(user)
    const refused = await type(app.code(1))
    assert.equal(refused.status, 422)
    assert.equal(refused.complaint('code'), t('second_factor.errors.code.unreadable'))
    const recoveryCode = recoveryCodes[0]
    assert.equal((await visitor.submit(page, ASKED, { recoveryCode })).location, '/')
  })

  test('anything else is a mistake in the form, and no try', async ({ assert }) => {
    const { user } = await aPerson()
    const { visitor, page } = await waitingFor(user)
    for (const fields of [
      {},
      { code: '' },
      { code: '12345' },
      { 'code[]': '123456' },
      { code: '\u0000' },
      { recoveryCode: '' },
      { recoveryCode: 'x'.repeat(10_000) },
      { 'recoveryCode[]': 'a' },
      { recoveryCode: 'uuuu-uuuu-uuuu-uuuu' },
    ] as Record<string, string>[]) {
      const refused = await visitor.submit(page, ASKED, fields)
      assert.equal(refused.status, 422, JSON.stringify(fields).slice(0, 80))
      assert.isTrue(refused.has('.field__error'))
    }
    const waiting = await WaitingSignIn.firstOrFail()
    assert.equal(waiting.tries, 0)
  })

  test('it speaks English too', async ({ assert }) => {
    const { user } = await aPerson()
    const visitor = new Visitor({ language: 'en' })
    await visitor.signIn(user.email!, MEMBER_PASSWORD)
    assert.include((await visitor.get(ASKED)).words, t('second_factor.ask.lead', {}, 'en'))
    const refused = await answer(visitor, { code: '1' })
    assert.equal(refused.complaint('code'), t('second_factor.errors.code.invalid', {}, 'en'))
  })

  test('the history tells the owner of a first factor that was right', async ({ assert }) => {
    const { user, home } = await aPerson()
    await waitingFor(user)
    const { words } = await home.get('/account/history')
    assert.include(words, t('account.history.results.second_factor_due'))
  })
})
