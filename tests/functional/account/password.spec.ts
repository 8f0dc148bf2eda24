import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import AccountToken from '#models/account_token'
import User from '#models/user'
import WaitingSignIn from '#models/waiting_sign_in'
import {
  letProofsAge,
  linkTo,
  MEMBER,
  MEMBER_PASSWORD,
  signedInMember,
  tripFrom,
  visitorOf,
} from '#tests/support/people/member'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import {
  answer as answerFactor,
  ASKED,
  letCodesBeFresh,
  setUp,
} from '#tests/support/people/second_factor'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const NEW = 'eleven noisy crows at dusk'

test.group('Account: password', (group) => {
  const world = withProviders(group)

  test('a changed password ends all other sessions and every mailed link', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const thief = await visitorOf(user)
    await visitor.submit(await visitor.get('/account/email'), '/account/email', {
      email: 'new@example.com',
    })
    const before = visitor.cookies.get(cookieName('session'))

    const page = await visitor.get('/account/password')
    const answer = await visitor.submit(page, '/account/password', {
      currentPassword: MEMBER_PASSWORD,
      password: NEW,
    })
    assert.equal(answer.location, '/account')
    assert.isTrue(await visitor.isSignedIn())
    assert.isFalse(await thief.isSignedIn())
    assert.lengthOf(await AccountToken.all(), 0)
    assert.equal((await lastMailTo(MEMBER)).template, 'password_changed')

    assert.notEqual(visitor.cookies.get(cookieName('session')), before)
    const old = new Visitor()
    old.cookies.set(cookieName('session'), before!)
    assert.isFalse(await old.isSignedIn())

    assert.equal((await new Visitor().signIn(MEMBER, MEMBER_PASSWORD)).status, 422)
    assert.equal((await new Visitor().signIn(MEMBER, NEW)).location, '/')
  })

  test('the present password is needed, however recent the sign-in', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/password')
    for (const currentPassword of ['', 'wrong password here']) {
      const answer = await visitor.submit(page, '/account/password', {
        currentPassword,
        password: NEW,
      })
      assert.equal(answer.status, 422)
      assert.notInclude(answer.text, NEW)
    }
    assert.equal((await new Visitor().signIn(MEMBER, MEMBER_PASSWORD)).location, '/')
    assert.lengthOf(await queuedMails(), 0)
  })

  test('whoever borrows a session has ten guesses, also when they come at once', async ({
    assert,
  }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/password')
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        visitor.submit(page, '/account/password', {
          currentPassword: `guess number ${index}`,
          password: NEW,
        })
      )
    )
    for (let guess = 0; guess < 10; guess++) {
      await visitor.submit(page, '/account/reauthenticate', { password: `guess ${guess}` })
    }
    const right = await visitor.submit(page, '/account/password', {
      currentPassword: MEMBER_PASSWORD,
      password: NEW,
    })
    assert.equal(right.status, 422)
    assert.equal(right.complaint('currentPassword'), t('account.reauthenticate.password.too_many'))
    assert.isTrue(await (await User.firstOrFail()).verifyPassword(MEMBER_PASSWORD))
  })

  test('a weak new password is refused by the one rule', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/password')
    for (const password of ['short', 'password1234', 'minjun@example.com']) {
      const answer = await visitor.submit(page, '/account/password', {
        currentPassword: MEMBER_PASSWORD,
        password,
      })
      assert.equal(answer.status, 422, password)
    }
  })

  test('of two changes at once one counts, and the other says that it did not', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    const page = await visitor.get('/account/password')
    const answers = await Promise.all(
      ['ten thousand paper lanterns', 'five wooden bridges burning'].map((password) =>
        visitor.submit(page, '/account/password', { currentPassword: MEMBER_PASSWORD, password })
      )
    )
    for (const answer of answers) assert.isBelow(answer.status, 500)
    const changed = await queuedMails()
    assert.lengthOf(
      changed.filter(({ template }) => template === 'password_changed'),
      1
    )
    await user.refresh()
    assert.isFalse(await user.verifyPassword(MEMBER_PASSWORD))
  })

  test('who came by Kakao sets a first password and can use it from then on', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')

    await letProofsAge()
    const asked = await visitor.get('/account/password')
    assert.equal(asked.location, '/account/reauthenticate?next=%2Faccount%2Fpassword')
    const stale = await visitor.submit(await visitor.get('/account'), '/account/password', {
      password: NEW,
    })
    assert.include(stale.location, '/account/reauthenticate?')
    assert.isNull((await User.firstOrFail()).password)

    await tripFrom(world.server, visitor, asked.location, 'kakao', { intent: 'reauthenticate' })
    const page = await visitor.get('/account/password')
    await visitor.submit(page, '/account/password', { password: NEW })
    assert.equal((await lastMailTo(MEMBER)).template, 'password_changed')
    assert.equal((await new Visitor().signIn(MEMBER, NEW)).location, '/')
  })

  test('without a proved address there is no password to set', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const page = await visitor.get('/account/password')
    assert.isFalse(page.has('[name=password]'))
    await visitor.submit(page, '/account/password', { password: NEW })
    assert.isNull((await User.firstOrFail()).password)
  })

  test('a password goes only if another way in remains; its sessions go with it', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    const other = await visitorOf(user)
    const page = await visitor.get('/account/sign_in_methods')
    assert.notInclude(page.actions, '/account/password/remove')
    await visitor.submit(page, '/account/password/remove')
    assert.isNotNull((await User.findOrFail(user.id)).password)

    await linkTo(user, await makeProvider(world.server, 'kakao'))
    await visitor.submit(page, '/account/password/remove')
    assert.isNull((await User.findOrFail(user.id)).password)
    assert.isTrue(await visitor.isSignedIn())
    assert.isFalse(await other.isSignedIn())
    assert.equal((await lastMailTo(MEMBER)).template, 'password_changed')
    assert.equal((await new Visitor().signIn(MEMBER, MEMBER_PASSWORD)).status, 422)
  })

  test('with it goes a sign-in that it began, and none that a provider began', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const { visitor } = await signedInMember()
    await tripFrom(world.server, visitor, '/account/sign_in_methods', 'kakao', { intent: 'link' })
    const { app } = await setUp(visitor)
    await letCodesBeFresh()
    const [thief, owner] = [new Visitor(), new Visitor()]
    await thief.signIn(MEMBER, MEMBER_PASSWORD)
    await signInWith(world.server, owner, 'kakao')
    assert.lengthOf(await WaitingSignIn.all(), 2)

    const form = await thief.get(ASKED)
    const page = await visitor.get('/account/sign_in_methods')
    await visitor.submit(page, '/account/password/remove')
    await thief.submit(form, ASKED, { code: app.code() })
    assert.isFalse(await thief.isSignedIn())
    await letCodesBeFresh()
    await answerFactor(owner, { code: app.code() })
    assert.isTrue(await owner.isSignedIn())
  })
})
