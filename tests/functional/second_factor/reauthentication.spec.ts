import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { lastMailTo } from '#tests/support/mails'
import {
  letProofsAge,
  MEMBER,
  MEMBER_PASSWORD,
  signedInMember,
  tripFrom,
} from '#tests/support/people/member'
import { letCodesBeFresh, setUp } from '#tests/support/people/second_factor'
import { t } from '#tests/support/texts'
import { makeProvider, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const FIRST = '/account/reauthenticate?next=/account/email'
const SECOND = '/account/reauthenticate/second_factor'
const ON_THE_WAY = `${SECOND}?next=%2Faccount%2Femail`

test.group('Is it still you, with a second factor', (group) => {
  const world = withProviders(group)

  /** Somebody with every first factor, who signed in a while ago. */
  async function aPerson() {
    await makeProvider(world.server, 'kakao')
    const { user, visitor } = await signedInMember()
    const methods = '/account/sign_in_methods'
    await tripFrom(world.server, visitor, methods, 'kakao', { intent: 'link' })
    const factor = await setUp(visitor)
    await letCodesBeFresh()
    await letProofsAge()
    return { user, visitor, ...factor }
  }

  const next = '/account/email'
  const FIRST_FACTORS: Record<string, (visitor: Visitor) => Promise<{ location: string }>> = {
    'the password': async (visitor) =>
      visitor.submit(await visitor.get(FIRST), '/account/reauthenticate', {
        password: MEMBER_PASSWORD,
        next,
      }),
    'a mailed code': async (visitor) => {
      await visitor.submit(await visitor.get(FIRST), '/account/reauthenticate/code/send')
      const { data } = await lastMailTo(MEMBER)
      const { code } = data as { code: string }
      const fields = { code, next }
      return visitor.submit(await visitor.get(FIRST), '/account/reauthenticate/code', fields)
    },
    'the provider': (visitor) =>
      tripFrom(world.server, visitor, FIRST, 'kakao', { intent: 'reauthenticate', next }),
  }

  for (const [first, give] of Object.entries(FIRST_FACTORS)) {
    test(`${first} alone makes nothing recent; the code does, under another token`, async ({
      assert,
    }) => {
      const { visitor, app } = await aPerson()
      assert.equal((await give(visitor)).location, ON_THE_WAY)
      assert.include((await visitor.get('/account/email')).location, '/account/reauthenticate')
      const page = await visitor.get(ON_THE_WAY)

      const wrong = await visitor.submit(page, SECOND, { code: app.wrongCode(), next })
      assert.equal(wrong.status, 422)
      assert.include((await visitor.get('/account/email')).location, '/account/reauthenticate')

      const before = visitor.cookies.get(cookieName('session'))!
      const right = await visitor.submit(page, SECOND, { code: app.code(), next })
      assert.equal(right.location, '/account/email')
      assert.equal((await visitor.get('/account/email')).status, 200)
      const copy = new Visitor()
      copy.cookies.set(cookieName('session'), before)
      assert.isFalse(await copy.isSignedIn())
    })
  }

  test('the code alone is not asked for, and counts for nothing', async ({ assert }) => {
    const { visitor, app, recoveryCodes } = await aPerson()
    assert.equal(
      (await visitor.get(ON_THE_WAY)).location,
      '/account/reauthenticate?next=%2Faccount%2Femail'
    )
    const page = await visitor.get(FIRST)
    const given: Record<string, string>[] = [
      { code: app.code() },
      { recoveryCode: recoveryCodes[0] },
    ]
    for (const fields of given) {
      const answer = await visitor.submit(page, SECOND, fields)
      assert.include(answer.location, '/account/reauthenticate?')
    }
    assert.include((await visitor.get('/account/email')).location, '/account/reauthenticate')
  })

  test('the first factor is forgotten after ten minutes, and once the second was given', async ({
    assert,
  }) => {
    const { visitor, app } = await aPerson()
    const give = FIRST_FACTORS['the password']
    await give(visitor)
    const page = await visitor.get(ON_THE_WAY)
    const former = sqlTime(now().minus({ minutes: 11 }))
    await UserSession.query().update({ firstFactorAt: former })
    const late = await visitor.submit(page, SECOND, { code: app.code(), next })
    assert.include(late.location, '/account/reauthenticate?')

    await give(visitor)
    await visitor.submit(page, SECOND, { code: app.code(), next })
    await letProofsAge()
    await letCodesBeFresh()
    const again = await visitor.submit(page, SECOND, { code: app.code(), next })
    assert.include(again.location, '/account/reauthenticate?')
  })

  test('a recovery code does for a lost app; guesses pause here as at the sign-in', async ({
    assert,
  }) => {
    const { visitor, app, recoveryCodes } = await aPerson()
    await FIRST_FACTORS['the password'](visitor)
    const page = await visitor.get(ON_THE_WAY)
    for (let wrong = 0; wrong < 5; wrong++) {
      await visitor.submit(page, SECOND, { code: app.wrongCode() })
    }
    const paused = await visitor.submit(page, SECOND, { code: app.code() })
    assert.equal(paused.complaint('code'), t('second_factor.errors.code.paused', { minutes: 1 }))
    const recoveryCode = recoveryCodes[0]
    const right = await visitor.submit(page, SECOND, { recoveryCode, next })
    assert.equal(right.location, '/account/email')
    assert.equal((await lastMailTo(MEMBER)).template, 'recovery_code_used')
  })

  test('the present password alone does not change the password', async ({ assert }) => {
    const { user, visitor } = await aPerson()
    const fields = { currentPassword: MEMBER_PASSWORD, password: 'eleven noisy crows at dusk' }
    const page = await visitor.get('/account/name')
    const refused = await visitor.submit(page, '/account/password', fields)
    assert.include(refused.location, '/account/reauthenticate?')
    assert.include((await visitor.get('/account/password')).location, '/account/reauthenticate?')
    const { password } = user
    await user.refresh()
    assert.equal(user.password, password)
  })

  test('a changed password is no proof for the next ten minutes', async ({ assert }) => {
    const { visitor } = await aPerson()
    const almost = sqlTime(now().minus({ minutes: 9 }))
    await UserSession.query().update({ authenticatedAt: almost })
    const fields = { currentPassword: MEMBER_PASSWORD, password: 'eleven noisy crows at dusk' }
    const page = await visitor.get('/account/password')
    assert.equal((await visitor.submit(page, '/account/password', fields)).location, '/account')
    const session = await UserSession.query().whereNull('revokedAt').firstOrFail()
    assert.isTrue(session.authenticatedAt < now().minus({ minutes: 8 }))
  })

  test('it leads nowhere but to pages of this site', async ({ assert }) => {
    const { visitor, app } = await aPerson()
    for (const [step, evil] of ['https://evil.example/', '//evil.example', '/\\evil'].entries()) {
      await FIRST_FACTORS['the password'](visitor)
      const page = await visitor.get(`${SECOND}?next=${encodeURIComponent(evil)}`)
      assert.equal(page.fieldValue('next'), '/account')
      await letCodesBeFresh()
      const answer = await visitor.submit(page, SECOND, { code: app.code(), next: evil })
      assert.equal(answer.location, '/account', String(step))
      await letProofsAge()
    }
  })
})
