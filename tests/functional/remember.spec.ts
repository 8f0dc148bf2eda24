import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import UserSession from '#models/user_session'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD } from '#tests/support/people/member'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const DAY = 86_400

/** The seconds that the browser is told to keep the sign-in; null: until it closes. */
const kept = (lines: string[]) => {
  const line = lines.find((one) => one.startsWith(`${cookieName('session')}=`))
  return Number(/max-age=(\d+)/i.exec(line ?? '')?.[1] ?? Number.NaN)
}

test.group('"Stay signed in"', (group) => {
  group.each.setup(async () => {
    await emptyDatabase()
    await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
  })

  async function signIn(remember: Record<string, string>) {
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    const fields = { email: MEMBER, password: MEMBER_PASSWORD, ...remember }
    const answer = await visitor.submit(page, '/user/login', fields)
    return { visitor, answer }
  }

  test('ticked, the browser keeps it for 30 days', async ({ assert }) => {
    /* As the page has it. */
    const value = (await new Visitor().get('/user/login')).fieldValue('remember')!
    const { visitor, answer } = await signIn({ remember: value })
    assert.equal(answer.status, 303)
    assert.isTrue(await visitor.isSignedIn())
    assert.approximately(kept(answer.headers.getSetCookie()), 30 * DAY, 60)
    const { createdAt, expiresAt } = await UserSession.firstOrFail()
    assert.equal(expiresAt.diff(createdAt).as('days'), 30)
  })

  test('not ticked, it ends with the browser, or after a day', async ({ assert }) => {
    const { visitor, answer } = await signIn({})
    assert.isTrue(await visitor.isSignedIn())
    assert.isNaN(kept(answer.headers.getSetCookie()))
    const { createdAt, expiresAt } = await UserSession.firstOrFail()
    assert.equal(expiresAt.diff(createdAt).as('days'), 1)
  })

  test('something else for a tick is no error of ours', async ({ assert }) => {
    for (const remember of ['', 'no', '{}', '0']) {
      assert.isBelow((await signIn({ remember })).answer.status, 500, remember)
    }
  })

  test('a page to go to that is none, or endless, is forgotten', async ({ assert }) => {
    for (const field of ['next', 'next[]', 'next[x]']) {
      const next = field === 'next' ? `/${'x'.repeat(9_000)}` : '/article'
      const { visitor, answer } = await signIn({ [field]: next })
      assert.equal(answer.location, '/', field)
      assert.isTrue(await visitor.isSignedIn())
    }
  })
})
