import { test, timeTravel } from '@japa/runner'
import type User from '#models/user'
import UserSession from '#models/user_session'
import { now } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD, visitorOf } from '#tests/support/people/member'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Lets so much time go by, in milliseconds. */
const pass = (ms: number) => timeTravel(new Date(Date.now() + ms))

async function signIn({ remember = false } = {}) {
  const visitor = new Visitor()
  const page = await visitor.get('/user/login')
  const fields = { email: MEMBER, password: MEMBER_PASSWORD, ...(remember && { remember: 'true' }) }
  await visitor.submit(page, '/user/login', fields)
  return visitor
}

test.group('A session that nobody uses', (group) => {
  let user: User

  group.each.setup(async () => {
    await emptyDatabase()
    user = await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
  })

  for (const [what, options, limit] of [
    ['two hours', {}, 2 * HOUR],
    ['14 days, remembered', { remember: true }, 14 * DAY],
  ] as const) {
    test(`lapses after ${what}, and leads back to where one was`, async ({ assert }) => {
      const [used, unused] = [await signIn(options), await signIn(options)]
      pass(limit - MINUTE)
      assert.isTrue(await used.isSignedIn())
      pass(2 * MINUTE)
      assert.isFalse(await unused.isSignedIn())
      assert.equal((await unused.get('/account')).location, '/user/login?next=%2Faccount')
      assert.isTrue(await used.isSignedIn())
    })
  }

  for (const [what, options, step, limit] of [
    ['a day', {}, HOUR, DAY],
    ['30 days, remembered', { remember: true }, 10 * DAY, 30 * DAY],
  ] as const) {
    test(`and one in steady use ends after ${what} all the same`, async ({ assert }) => {
      const visitor = await signIn(options)
      for (let gone: number = step; gone < limit; gone += step) {
        pass(step - MINUTE)
        assert.isTrue(await visitor.isSignedIn())
        pass(MINUTE)
      }
      pass(step)
      assert.isFalse(await visitor.isSignedIn())
    })
  }

  test("an administrator's lapses after half an hour, remembered or not", async ({ assert }) => {
    await user.merge({ role: 'admin' }).save()
    for (const remember of [false, true]) {
      const administrator = await signIn({ remember })
      pass(29 * MINUTE)
      assert.equal((await administrator.get('/admin/providers')).status, 200)
      pass(29 * MINUTE)
      assert.equal((await administrator.get('/admin/providers')).status, 200)
      pass(31 * MINUTE)
      assert.match((await administrator.get('/admin/providers')).location, /^\/user\/login/)
    }
  })

  test('takes no form either, and comes back with no cookie', async ({ assert }) => {
    const visitor = await signIn()
    const form = await visitor.get('/account/name')
    const cookies = new Map(visitor.cookies)
    pass(2 * HOUR + MINUTE)
    const answer = await visitor.submit(form, '/account/name', { name: '남의 이름' })
    assert.match(answer.location, /^\/user\/login/)
    assert.equal((await user.refresh()).name, '김민준')

    for (const [name, value] of cookies) visitor.cookies.set(name, value)
    assert.isFalse(await visitor.isSignedIn())
    assert.isTrue(now() < (await UserSession.firstOrFail()).expiresAt)
  })

  test('is on no list of devices, counts for none, and cannot be signed out', async ({
    assert,
  }) => {
    await signIn()
    const lapsed = await UserSession.firstOrFail()
    pass(HOUR)
    const visitor = await visitorOf(user)
    const path = `/account/devices/${lapsed.publicId}/sign_out`
    const page = await visitor.get('/account/devices')
    assert.include(page.actions, path)
    pass(HOUR + MINUTE)
    assert.notInclude((await visitor.get('/account/devices')).actions, path)
    assert.equal((await visitor.submit(page, path)).status, 404)

    const administrator = await signedInAs()
    const person = await administrator.get(`/admin/users/${user.publicId}`)
    assert.lengthOf(person.valuesOf('[name=device]', 'value'), 1)
  })

  test('cannot be revived by proving again who one is', async ({ assert }) => {
    const visitor = await signIn()
    const page = await visitor.get('/account/reauthenticate?next=/account')
    pass(2 * HOUR + MINUTE)
    await visitor.submit(page, '/account/reauthenticate', { password: MEMBER_PASSWORD })
    assert.isFalse(await visitor.isSignedIn())
  })

  test('a use is written down at most every five minutes', async ({ assert }) => {
    const visitor = await signIn()
    const { lapsesAt } = await UserSession.firstOrFail()
    pass(4 * MINUTE)
    await visitor.get('/')
    assert.isTrue((await UserSession.firstOrFail()).lapsesAt.equals(lapsesAt))
    pass(2 * MINUTE)
    await visitor.get('/')
    const later = (await UserSession.firstOrFail()).lapsesAt
    assert.approximately(later.diff(lapsesAt, 'minutes').minutes, 6, 1)
  })
})
