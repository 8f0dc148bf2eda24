import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import SignInCode from '#models/sign_in_code'
import { now, sqlTime } from '#time/clock'
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
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/account/reauthenticate?next=/account/email'

async function codeMailed() {
  const mail = await lastMailTo(MEMBER)
  return mail.template === 'recent_sign_in_code' ? mail.data.code : ''
}

const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

test.group('Account: is it still you', (group) => {
  const world = withProviders(group)

  test('the password makes the sign-in recent, under another token', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await letProofsAge()
    assert.equal(
      (await visitor.get('/account/email')).location,
      '/account/reauthenticate?next=%2Faccount%2Femail'
    )

    const page = await visitor.get(PAGE)
    const wrong = await visitor.submit(page, '/account/reauthenticate', { password: 'not it' })
    assert.equal(wrong.status, 422)
    assert.equal((await visitor.get('/account/email')).status, 303)

    const before = visitor.cookies.get(cookieName('session'))!
    const right = await visitor.submit(page, '/account/reauthenticate', {
      password: MEMBER_PASSWORD,
      next: '/account/email',
    })
    assert.equal(right.location, '/account/email')
    assert.equal((await visitor.get('/account/email')).status, 200)

    const copied = new Visitor()
    copied.cookies.set(cookieName('session'), before)
    assert.isFalse(await copied.isSignedIn())
  })

  test('a mailed code does too; it works once', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await letProofsAge()
    const page = await visitor.get(PAGE)
    assert.isFalse(page.has('[name=code]'))
    const sent = await visitor.submit(page, '/account/reauthenticate/code/send', {
      next: '/account/email',
    })
    assert.equal(sent.location, '/account/reauthenticate?next=%2Faccount%2Femail')
    assert.isTrue((await visitor.get(sent.location)).has('[name=code]'))

    const code = await codeMailed()
    assert.match(code, /^\d{6}$/)
    const row = JSON.stringify((await SignInCode.firstOrFail()).$attributes)
    assert.notInclude(row, code)

    const typed = `${code.slice(0, 3)} ${code.slice(3)}`
    const right = await visitor.submit(page, '/account/reauthenticate/code', {
      code: typed,
      next: '/account/email',
    })
    assert.equal(right.location, '/account/email')
    assert.equal((await visitor.get('/account/email')).status, 200)

    await letProofsAge()
    const again = await visitor.submit(page, '/account/reauthenticate/code', { code })
    assert.equal(again.status, 422)
  })

  test('five wrong codes use the right one up, however they are sent', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await letProofsAge()
    const page = await visitor.get(PAGE)
    await visitor.submit(page, '/account/reauthenticate/code/send')
    const code = await codeMailed()

    await Promise.all(
      Array.from({ length: 8 }, () =>
        visitor.submit(page, '/account/reauthenticate/code', { code: otherThan(code) })
      )
    )
    const right = await visitor.submit(page, '/account/reauthenticate/code', { code })
    assert.equal(right.status, 422)
    assert.isNotEmpty(right.alerts)
    assert.equal((await visitor.get('/account/email')).status, 303)
  })

  test('a code counts in its own session only, for ten minutes, and not after a newer one', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    const other = await visitorOf(user)
    await letProofsAge()
    const page = await visitor.get(PAGE)
    await visitor.submit(page, '/account/reauthenticate/code/send')
    const first = await codeMailed()

    const elsewhere = await other.submit(await other.get(PAGE), '/account/reauthenticate/code', {
      code: first,
    })
    assert.equal(elsewhere.status, 422)

    await visitor.submit(page, '/account/reauthenticate/code/send')
    const second = await codeMailed()
    if (first !== second) {
      const old = await visitor.submit(page, '/account/reauthenticate/code', { code: first })
      assert.equal(old.status, 422)
    }
    await SignInCode.query().update({ expiresAt: sqlTime(now()) })
    const late = await visitor.submit(page, '/account/reauthenticate/code', { code: second })
    assert.equal(late.status, 422)
  })

  test('five codes an hour are the most, counted for the person', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const other = await visitorOf(user)
    const page = await visitor.get(PAGE)
    const otherPage = await other.get(PAGE)
    for (let sent = 0; sent < 4; sent++) {
      await visitor.submit(page, '/account/reauthenticate/code/send')
      await other.submit(otherPage, '/account/reauthenticate/code/send')
    }
    assert.lengthOf(await queuedMails(), 5)
    assert.isNotEmpty((await visitor.get(PAGE)).alerts)
  })

  test('a linked provider does too; only the linked ones are offered', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    await letProofsAge()
    const page = await visitor.get(PAGE)
    assert.include(page.actions, '/user/login/social/kakao')
    assert.notInclude(page.actions, '/user/login/social/naver')
    assert.isFalse(page.has('[name=password]'))

    const answer = await tripFrom(world.server, visitor, PAGE, 'kakao', {
      intent: 'reauthenticate',
      next: '/account/email',
    })
    assert.equal(answer.location, '/account/email')
    assert.equal((await visitor.get('/account/email')).status, 200)
  })

  test('somebody else at the provider does not make it recent', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    await letProofsAge()
    const answer = await tripFrom(world.server, visitor, PAGE, 'kakao', {
      intent: 'reauthenticate',
      next: '/account/email',
      person: 'seoyeon',
    })
    assert.include(answer.location, '/account/reauthenticate?failure=')
    assert.isNotEmpty((await visitor.get(answer.location)).alerts)
    assert.equal((await visitor.get('/account/email')).status, 303)
  })

  test('a provider switched off or hidden is not offered as a way', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await linkTo(user, await makeProvider(world.server, 'kakao', { enabled: false }))
    await linkTo(user, await makeProvider(world.server, 'naver', { hidden: true }))
    assert.isFalse((await visitor.get(PAGE)).has('[action^="/user/login/social/"]'))
  })

  test('it leads nowhere but to pages of this site', async ({ assert }) => {
    const { visitor } = await signedInMember()
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/account/reauthenticate?next=/x',
      '/user/logout',
      '',
    ]) {
      const page = await visitor.get(`/account/reauthenticate?next=${encodeURIComponent(next)}`)
      assert.equal(page.fieldValue('next'), '/account', next)
      const answer = await visitor.submit(page, '/account/reauthenticate', {
        password: MEMBER_PASSWORD,
        next,
      })
      assert.equal(answer.location, '/account', next)
    }
  })
})
