import type { Assert } from '@japa/assert'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import User from '#models/user'
import { MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { OPEN_REDIRECTS } from '#tests/support/open_redirects'
import {
  aRequest,
  aSite,
  backToSite,
  CALLBACK,
  goOn,
  siteClient,
  waitingPage,
} from '#tests/support/sites/site'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

/*
 * The corpus over real HTTP: by the start and the callback of a trip, where the
 * value is stored in between, and by the pages that send on who is signed in.
 */
const assertOurs = (assert: Assert, location: string) => {
  assert.match(location, /^\/(?![/\\])/)
  assert.equal(new URL(location, appUrl).origin, new URL(appUrl).origin)
}

test.group('An open redirect', (group) => {
  const world = withProviders(group)
  group.each.skip(isRunElsewhere('sqlite'), ELSEWHERE)

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

test.group('An open redirect while the request of another site waits', (group) => {
  const world = withProviders(group)
  group.each.skip(isRunElsewhere('sqlite'), ELSEWHERE)

  for (const [kind, values] of Object.entries(OPEN_REDIRECTS)) {
    test(`by ${kind}, alone or behind its reference: the site alone gets a code`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver', { requiredFields: [] })
      const visitor = new Visitor()
      const request = await aRequest(await siteClient(await aSite()))
      const waiting = waitingPage(await visitor.get(request.url.href))

      const next = waiting + values[0]
      assertOurs(assert, (await signInWith(world.server, visitor, 'naver', { next })).location)
      for (const value of values) {
        const encoded = encodeURIComponent(value.toWellFormed())
        for (const one of [encoded, waiting + encoded, `${waiting}%3Fredirect_uri%3D${encoded}`]) {
          const sent = await visitor.get(`/user/login?next=${one}`)
          assertOurs(assert, sent.location)
          if (!sent.location.startsWith('/oidc/')) continue
          const page = await visitor.get(sent.location)
          if (page.location) assertOurs(assert, page.location)
          assert.notInclude(page.text, 'evil.example')
        }
      }
      const back = await backToSite(visitor, await visitor.get(waiting))
      assert.isTrue(back.startsWith(`${CALLBACK}?code=`), back)
      const tokens = await request.finish(back)
      assert.equal(tokens.claims()!.sub, (await User.firstOrFail()).publicId)
    })
  }

  test("the reference of an attacker's request leads its victim nowhere", async ({ assert }) => {
    const config = await siteClient(await aSite())
    const { user } = await signedInMember()
    const [attacker, victim] = [new Visitor(), new Visitor()]
    const request = await aRequest(config)
    const next = waitingPage(await attacker.get(request.url.href))

    const form = await victim.get(`/user/login?next=${next}`)
    const fields = { email: user.email!, password: MEMBER_PASSWORD, next: form.fieldValue('next')! }
    const sent = await victim.submit(form, '/user/login', fields)
    const page = await goOn(victim, await victim.visit(sent.location))
    assert.isTrue(await victim.isSignedIn())
    assert.equal(page.status, 400)
    assert.lengthOf(page.alerts, 1)
    const asked = await goOn(attacker, await attacker.get(next))
    assert.include(asked.location, '/user/login?next=')
    assert.isEmpty(await db.from('oidc_payloads').where('model', 'AuthorizationCode'))
  })
})
