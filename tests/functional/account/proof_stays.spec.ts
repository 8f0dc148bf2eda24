import { test } from '@japa/runner'
import Identity from '#models/identity'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { linkTo, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { letCodesBeFresh, setUp } from '#tests/support/people/second_factor'
import { makeProvider, withProviders } from '#tests/support/trip'
import type { Visitor } from '#tests/support/visitor'

/*
 * A change that asks for a recent proof is not itself one: whoever sat down at an open
 * browser could make the ten minutes last for ever by one change after another.
 */
test.group('What a change leaves of the last proof', (group) => {
  const world = withProviders(group)
  const proved = now().minus({ minutes: 5 }).startOf('second')
  const letBe = () => UserSession.query().update({ authenticatedAt: sqlTime(proved) })

  const METHODS = '/account/sign_in_methods'
  const FACTOR = '/account/second_factor'
  const CHANGES: Record<string, (visitor: Visitor) => Promise<unknown>> = {
    'disconnecting a provider': async (visitor) => {
      await letBe()
      const [identity] = await Identity.all()
      const action = `${METHODS}/${identity.publicId}/disconnect`
      return visitor.submit(await visitor.get(METHODS), action)
    },
    'removing the password': async (visitor) => {
      await letBe()
      return visitor.submit(await visitor.get(METHODS), '/account/password/remove')
    },
    'setting a second factor up': async (visitor) => {
      await letBe()
      return setUp(visitor)
    },
    'removing the second factor': async (visitor) => {
      const { app } = await setUp(visitor)
      await letCodesBeFresh()
      await letBe()
      const page = await visitor.get(FACTOR)
      return visitor.submit(page, `${FACTOR}/remove`, { code: app.code() })
    },
  }

  for (const [what, change] of Object.entries(CHANGES)) {
    test(`${what} gives the session another token and makes no proof newer`, async ({ assert }) => {
      const { user, visitor } = await signedInMember({ password: MEMBER_PASSWORD })
      await linkTo(user, await makeProvider(world.server, 'kakao'))
      await linkTo(user, await makeProvider(world.server, 'naver'))
      const { tokenHash } = await UserSession.firstOrFail()
      await change(visitor)
      const after = await UserSession.firstOrFail()
      assert.notEqual(after.tokenHash, tokenHash)
      assert.equal(after.authenticatedAt.toMillis(), proved.toMillis())
      assert.isTrue(await visitor.isSignedIn())
    })
  }
})
