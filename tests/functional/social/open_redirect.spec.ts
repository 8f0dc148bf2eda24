import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { signedInMember } from '#tests/support/member'
import { OPEN_REDIRECTS } from '#tests/support/open_redirects'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/*
 * The corpus over real HTTP: by the start and the callback of a trip, where the
 * value is stored in between, and by the pages that send on who is signed in.
 */
test.group('An open redirect', (group) => {
  const world = withProviders(group)

  const assertOurs = (assert: Assert, location: string) => {
    assert.match(location, /^\/(?![/\\])/)
    assert.equal(new URL(location, appUrl).origin, new URL(appUrl).origin)
  }

  for (const [kind, values] of Object.entries(OPEN_REDIRECTS)) {
    for (const value of values) {
      test(`by ${kind}: ${JSON.stringify(value)}`, async ({ assert }) => {
        await makeProvider(world.server, 'naver', { requiredFields: [] })
        const visitor = new Visitor()
        const arrived = await signInWith(world.server, visitor, 'naver', { next: value })
        assert.equal(arrived.status, 303)
        assertOurs(assert, arrived.location)
        assert.isTrue(await visitor.isSignedIn())

        for (const page of ['/user/login', '/user/create']) {
          const sent = await visitor.get(`${page}?next=${encodeURIComponent(value.toWellFormed())}`)
          assertOurs(assert, sent.location)
        }
      })
    }
  }

  test('by a password, a proof of identity and a doubled parameter', async ({ assert }) => {
    const { visitor } = await signedInMember()
    for (const query of [
      'next=//evil.example&next=/article',
      'next[]=//evil.example',
      'next[a]=/x',
    ]) {
      assertOurs(assert, (await visitor.get(`/user/login?${query}`)).location)
    }
    const page = await visitor.get('/account/reauthenticate?next=//evil.example')
    assert.notInclude(page.text, 'evil.example')
    const done = await visitor.submit(page, '/account/reauthenticate', {
      next: '//evil.example',
      password: 'seven quiet herons at dawn',
    })
    assertOurs(assert, done.location)

    const other = new Visitor()
    const form = await other.get('/user/login?next=//evil.example')
    const answer = await other.submit(form, '/user/login', {
      email: 'minjun@example.com',
      password: 'seven quiet herons at dawn',
      next: '//evil.example',
    })
    assert.equal(answer.location, '/')
  })
})
