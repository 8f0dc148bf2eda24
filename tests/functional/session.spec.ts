import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Registration from '#models/registration'
import SignInAttempt from '#models/sign_in_attempt'
import UserSession from '#models/user_session'
import { now } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'
import { failAtTheEndOf } from '#tests/support/meanwhile'
import { t } from '#tests/support/texts'
import { makeUser } from '#tests/support/trip'
import { Visitor, type Page } from '#tests/support/visitor'

const EMAIL = 'member@example.com'
const PASSWORD = 'a long enough password'

test.group('Signing in with e-mail and password', (group) => {
  group.each.setup(emptyDatabase)

  test('leads to `next` or home, and the address may be typed in capitals', async ({ assert }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    const visitor = new Visitor()
    const page = await visitor.get('/user/login?next=/article/create')
    assert.equal(page.fieldValue('next'), '/article/create')
    const answer = await visitor.submit(page, '/user/login', {
      email: ' Member@Example.COM ',
      password: PASSWORD,
      next: '/article/create',
    })
    assert.equal(answer.status, 303)
    assert.equal(answer.location, '/article/create')
    assert.isTrue(await visitor.isSignedIn())
    assert.equal((await visitor.get('/user/login?next=/article')).location, '/article')
  })

  test('if the database goes away at its end, it has not happened, in the browser either', async ({
    assert,
  }) => {
    /* It cancels their withdrawal, so that it takes a transaction. */
    const withdrawAt = now().plus({ days: 1 })
    await makeUser({ email: EMAIL, password: PASSWORD, withdrawAt })
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    failAtTheEndOf(UserSession)
    const fields = { email: EMAIL, password: PASSWORD }
    assert.equal((await visitor.submit(page, '/user/login', fields)).status, 503)
    for (const cookie of ['session', 'known'] as const) {
      assert.isFalse(visitor.cookies.has(cookieName(cookie)))
    }
    await visitor.submit(page, '/user/login', fields)
    assert.isTrue(await visitor.isSignedIn())
  })

  test('`next` never leads to another site', async ({ assert }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      const visitor = new Visitor()
      const page = await visitor.get(`/user/login?next=${encodeURIComponent(next)}`)
      assert.notInclude(page.text, 'evil')
      const fields = { email: EMAIL, password: PASSWORD, next }
      assert.equal((await visitor.submit(page, '/user/login', fields)).location, '/')
    }
  })

  test('unknown, waiting, without a password and wrong password answer alike', async ({
    assert,
  }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    await makeUser({ email: 'social@example.com', password: null })
    const registration = new Registration()
    registration.fill({ email: 'waiting@example.com', name: 'x', password: 'hashed', tries: 0 })
    registration.renew()
    await registration.save()

    const answers: Page[] = []
    for (const email of [
      EMAIL,
      'social@example.com',
      'waiting@example.com',
      'nobody@example.com',
    ]) {
      const answer = await new Visitor().signIn(email, 'not the password')
      assert.equal(answer.status, 422)
      assert.lengthOf(answer.alerts, 1)
      assert.equal(answer.fieldValue('email'), email)
      assert.notInclude(answer.text, 'not the password')
      answers.push(answer)
    }
    assert.lengthOf(new Set(answers.map(({ alerts }) => alerts.join())), 1)
    const names = answers.map(({ headers }) => [...headers.keys()].join())
    assert.lengthOf(new Set(names), 1)
  })

  test('a waiting sign-up cannot sign in even with its password', async ({ assert }) => {
    const visitor = new Visitor()
    const page = await visitor.get('/user/create')
    const fields = { email: EMAIL, name: '김민준', password: 'correct horse battery staple' }
    await visitor.submit(page, '/user/create', fields)
    assert.equal((await new Visitor().signIn(EMAIL, fields.password)).status, 422)
  })

  test('a suspended person is told so only with the right password', async ({ assert }) => {
    const user = await makeUser({ email: EMAIL, password: PASSWORD })
    await user.merge({ suspendedAt: user.createdAt }).save()
    const right = await new Visitor().signIn(EMAIL, PASSWORD)
    const wrong = await new Visitor().signIn(EMAIL, 'not the password')
    assert.deepEqual(right.alerts, [t('session.refused.suspended')])
    assert.deepEqual(wrong.alerts, [t('session.refused.credentials')])
    assert.lengthOf(await UserSession.all(), 0)
  })

  test('"remember me" keeps the cookie for 30 days; without it, until the browser closes', async ({
    assert,
  }) => {
    await makeUser({ email: EMAIL, password: PASSWORD })
    for (const [remember, days] of [
      ['true', 30],
      ['', 1],
    ] as const) {
      await UserSession.query().delete()
      const visitor = new Visitor()
      const page = await visitor.get('/user/login')
      const fields = { email: EMAIL, password: PASSWORD, ...(remember && { remember }) }
      const answer = await visitor.submit(page, '/user/login', fields)
      const cookie = answer.headers
        .getSetCookie()
        .find((line) => line.startsWith(`${cookieName('session')}=`))!
      assert.equal(/max-age=/i.test(cookie), remember === 'true')
      const session = await UserSession.firstOrFail()
      assert.equal(Math.round(session.expiresAt.diff(session.createdAt, 'days').days), days)
    }
  })

  test('every try is in the history, with its result', async ({ assert }) => {
    const user = await makeUser({ email: EMAIL, password: PASSWORD })
    await new Visitor().signIn(EMAIL, 'not the password')
    await new Visitor().signIn(EMAIL, PASSWORD)
    const attempts = await SignInAttempt.query().orderBy('id')
    assert.deepEqual(
      attempts.map(({ userId, outcome }) => [userId, outcome]),
      [
        [user.id, 'failed'],
        [user.id, 'signed_in'],
      ]
    )
  })

  for (const [what, body] of [
    ['arrays for text', 'email[]=a&email[]=b&password[]=c'],
    ['objects for text', 'email[a]=b&password[c]=d'],
    ['NUL bytes', 'email=a%00b%40example.com&password=%00'],
    ['invalid UTF-8', 'email=%ff%fe&password=%c0%80'],
    ['a password of 100 kB', `email=a%40example.com&password=${'x'.repeat(100_000)}`],
    ['nothing', ''],
  ]) {
    test(`${what} are a mistake in the form, not a crash`, async ({ assert }) => {
      const visitor = new Visitor()
      const { csrf } = await visitor.get('/user/login')
      const answer = await visitor.request('/user/login', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `_csrf=${encodeURIComponent(csrf)}&${body}`,
      })
      assert.equal(answer.status, 422)
    })
  }
})
