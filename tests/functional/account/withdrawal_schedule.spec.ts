import { test } from '@japa/runner'
import OutgoingMail from '#models/outgoing_mail'
import User from '#models/user'
import { queuedMails } from '#tests/support/mails'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Account: a withdrawal in 24 hours', (group) => {
  const world = withProviders(group)

  test('scheduled again and again, it floods no address that only a provider showed', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    const page = await visitor.get('/account/name')
    for (let time = 0; time < OutgoingMail.MOST_PER_HOUR + 2; time++) {
      await visitor.submit(page, '/account/withdrawal/schedule')
      assert.isNotNull((await User.firstOrFail()).withdrawAt)
      await visitor.submit(page, '/account/withdrawal/cancel')
    }
    assert.lengthOf(await queuedMails(), OutgoingMail.MOST_PER_HOUR)
  })
})
