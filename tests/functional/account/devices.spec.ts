import { test } from '@japa/runner'
import UserSession from '#models/user_session'
import { now } from '#time/clock'
import { MEMBER, MEMBER_PASSWORD, signedInMember, visitorOf } from '#tests/support/people/member'
import { t } from '#tests/support/texts'
import { withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const WHALE =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Whale/4.33.325.17 Safari/537.36'
const KAKAOTALK =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 KAKAOTALK/25.6.0 (INAPP)'

async function signInFrom(userAgent: string) {
  const visitor = new Visitor()
  const page = await visitor.get('/user/login')
  await visitor.request('/user/login', {
    method: 'POST',
    headers: { 'user-agent': userAgent },
    body: new URLSearchParams({ _csrf: page.csrf, email: MEMBER, password: MEMBER_PASSWORD }),
  })
  return visitor
}

test.group('Account: devices', (group) => {
  withProviders(group)

  test('browsers and systems are named in words, anything unknown as unknown', async ({
    assert,
  }) => {
    const { visitor } = await signedInMember()
    for (const userAgent of [WHALE, KAKAOTALK, '<script>alert(1)</script>']) {
      await signInFrom(userAgent)
    }
    const page = await visitor.get('/account/devices')
    assert.include(page.words, 'Whale · Windows')
    assert.include(page.words, 'KakaoTalk · iOS')
    assert.include(page.words, t('account.device.unknown_browser'))
    assert.notInclude(page.text, '<script>alert')
    assert.deepEqual(page.wordsOf('.badge'), [t('account.devices.this')])
    assert.include(page.words, '127.0.0.1')
  })

  test('ended and expired sessions are not listed', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const left = await visitorOf(user)
    await left.submit(await left.get('/'), '/user/logout')
    await visitorOf(user)
    const [last] = await UserSession.query().orderBy('id', 'desc').limit(1)
    await last.merge({ expiresAt: now() }).save()

    const page = await visitor.get('/account/devices')
    assert.lengthOf(page.wordsOf('.methods form'), 1)
  })

  test('one device is signed out at once, and only that one', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const [lost, kept] = [await visitorOf(user), await visitorOf(user)]
    const [session] = await UserSession.query().orderBy('id').offset(1).limit(1)
    const page = await visitor.get('/account/devices')
    const answer = await visitor.submit(page, `/account/devices/${session.publicId}/sign_out`)
    assert.equal(answer.location, '/account/devices')
    assert.isFalse(await lost.isSignedIn())
    assert.isTrue(await kept.isSignedIn())
    assert.isTrue(await visitor.isSignedIn())
  })

  test('signing this one out is signing out', async ({ assert }) => {
    const { visitor } = await signedInMember()
    const session = await UserSession.firstOrFail()
    const page = await visitor.get('/account/devices')
    const answer = await visitor.submit(page, `/account/devices/${session.publicId}/sign_out`)
    assert.equal(answer.location, '/')
    assert.isFalse(await visitor.isSignedIn())
  })

  test("somebody else's session does not exist here", async ({ assert }) => {
    const { visitor: victim } = await signedInMember({ email: 'victim@example.com' })
    const session = await UserSession.firstOrFail()
    const { visitor } = await signedInMember()
    const page = await visitor.get('/account/devices')
    for (const id of [session.publicId, String(session.id)]) {
      const answer = await visitor.submit(page, `/account/devices/${id}/sign_out`)
      assert.equal(answer.status, 404)
    }
    assert.isTrue(await victim.isSignedIn())
  })

  test('everywhere means the others, or all', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const { visitor: stranger } = await signedInMember({ email: 'stranger@example.com' })
    const other = await visitorOf(user)
    const page = await visitor.get('/account/devices')
    await visitor.submit(page, '/account/devices/sign_out', { which: 'others' })
    assert.isTrue(await visitor.isSignedIn())
    assert.isFalse(await other.isSignedIn())

    const again = await visitorOf(user)
    const all = await visitor.submit(page, '/account/devices/sign_out', { which: 'all' })
    assert.equal(all.location, '/user/login')
    assert.isFalse(await visitor.isSignedIn())
    assert.isFalse(await again.isSignedIn())
    assert.isTrue(await stranger.isSignedIn())
  })
})
