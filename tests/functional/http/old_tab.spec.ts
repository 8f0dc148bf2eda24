import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { emptyDatabase } from '#tests/support/database'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'

const OWN_PAGE: Record<string, string>[] = [
  { 'sec-fetch-site': 'same-origin' },
  { origin: new URL(appUrl).origin },
]

/* A site beside this one, and one that hides who it is, among them. */
const ANOTHER_SITE: Record<string, string>[] = [
  {},
  { 'origin': new URL(appUrl).origin, 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'none' },
  { origin: 'null' },
  { origin: 'https://attacker.example' },
  { origin: `${new URL(appUrl).origin}.attacker.example` },
]

test.group('The sign-out button of a tab that was left open', (group) => {
  group.each.setup(emptyDatabase)

  async function tabLeftOpen() {
    const { visitor } = await signedInMember()
    const tab = await visitor.get('/')
    await visitor.submit(tab, '/user/logout')
    await visitor.signIn(MEMBER, MEMBER_PASSWORD)
    const signOut = (headers: Record<string, string>) =>
      visitor.request('/user/logout', {
        method: 'POST',
        body: new URLSearchParams({ _csrf: tab.csrf }),
        headers,
      })
    return { visitor, tab, signOut }
  }

  for (const headers of OWN_PAGE) {
    test(`signs out: ${JSON.stringify(headers)}`, async ({ assert }) => {
      const { visitor, signOut } = await tabLeftOpen()
      assert.equal((await signOut(headers)).location, '/')
      assert.isFalse(await visitor.isSignedIn())
    })
  }

  test('of another site signs nobody out', async ({ assert }) => {
    const { visitor, signOut } = await tabLeftOpen()
    for (const headers of ANOTHER_SITE) {
      assert.equal((await signOut(headers)).status, 403, JSON.stringify(headers))
    }
    assert.isTrue(await visitor.isSignedIn())
  })

  test('is the only form of it that does anything', async ({ assert }) => {
    const { visitor, tab } = await tabLeftOpen()
    const answer = await visitor.request('/account/devices/sign_out', {
      method: 'POST',
      body: new URLSearchParams({ _csrf: tab.csrf, which: 'all' }),
      headers: OWN_PAGE[0],
    })
    assert.equal(answer.status, 403)
    assert.isTrue(await visitor.isSignedIn())
  })
})
