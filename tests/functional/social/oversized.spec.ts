import { test } from '@japa/runner'
import Identity from '#models/identity'
import { LONGEST_NAME } from '#text/person_name'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { faults } from '#tests/support/servers/provider_server'
import {
  DRIVER_NAMES,
  makeCredential,
  makeProvider,
  PATHS,
  signInWith,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/* Fits into what is read of an answer, and into no column. */
const HUGE = 'x'.repeat(70_000)
const HUGE_TOKEN = 'a-token-'.repeat(9_000)

const TOKENS = { access_token: 'an-access-token', refresh_token: 'a-refresh-token', expires_in: 60 }

/** What each provider says of a person, with one value put in its place. */
const profileOf = (driver: DriverName, person: Record<string, unknown>, id: unknown = '4711') =>
  driver === 'naver'
    ? { resultcode: '00', response: { id, ...person } }
    : {
        id,
        kakao_account: { ...person, profile: { nickname: person.nickname } },
      }

test.group('A provider that answers more than can be kept', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    for (const [what, token] of Object.entries({
      'an access token': { access_token: HUGE_TOKEN },
      'a refresh token': { refresh_token: HUGE_TOKEN },
      'a refresh token of 5,000 characters': { refresh_token: HUGE_TOKEN.slice(0, 5_000) },
      'a token of other letters': { access_token: '토큰'.repeat(10) },
      'a list of scopes': { scope: 'a '.repeat(35_000) },
    })) {
      test(`${driver}, ${what}: is told of, and the attempt ends`, async ({ assert }) => {
        await makeProvider(world.server, driver, { requiredFields: [] })
        world.server.spoil(PATHS[driver].token, faults.json({ ...TOKENS, ...token }))
        const { location } = await signInWith(world.server, new Visitor(), driver, {
          next: '/article',
        })
        const query = new URL(location, 'http://x').searchParams
        assert.equal(query.get('failure'), 'answer_unreadable')
        assert.equal(query.get('next'), '/article')
        const attempt = await SignInAttempt.firstOrFail()
        assert.equal(attempt.failure, 'answer_unreadable')
        assert.isNotNull(attempt.finishedAt)
      })
    }

    test(`${driver}, an id: is told of, and the attempt ends`, async ({ assert }) => {
      await makeProvider(world.server, driver, { requiredFields: [] })
      world.server.spoil(PATHS[driver].profile, faults.json(profileOf(driver, {}, HUGE)))
      const { location } = await signInWith(world.server, new Visitor(), driver)
      assert.include(location, 'failure=answer_unreadable')
      assert.isNotNull((await SignInAttempt.firstOrFail()).finishedAt)
    })

    for (const field of ['name', 'nickname', 'email', 'profile_image', 'profile_image_url']) {
      for (const value of [HUGE, '가'.repeat(30_000), 'ﷺ'.repeat(100), `${HUGE}@example.com`]) {
        test(`${driver}, ${field} of ${value.length} ${value[0]}: signs in without it or with what fits`, async ({
          assert,
        }) => {
          await makeProvider(world.server, driver, { requiredFields: [] })
          world.server.spoil(
            PATHS[driver].profile,
            faults.json(profileOf(driver, { [field]: value }))
          )
          const visitor = new Visitor()
          assert.equal((await signInWith(world.server, visitor, driver)).location, '/')
          const { name, email } = await Identity.firstOrFail()
          assert.isAtMost((name ?? '').length, LONGEST_NAME)
          assert.isNull(email)
          assert.isAtMost((await User.firstOrFail()).name.length, LONGEST_NAME)
        })
      }
    }

    test(`${driver}: the longest tokens and scopes that are taken can be kept`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver, { requiredFields: ['email'] })
      const token = '"\\'.repeat(2_048)
      const answer = { access_token: token, refresh_token: token, scope: 'a '.repeat(2_048) }
      world.server.spoil(PATHS[driver].token, faults.json({ ...TOKENS, ...answer }))
      world.server.spoil(PATHS[driver].profile, faults.json(profileOf(driver, { name: '김민준' })))
      const { location } = await signInWith(world.server, new Visitor(), driver)
      assert.match(location, /missing_fields|complete/)
    })
  }

  test('a client id of two hundred characters is an application like any other', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'naver', { requiredFields: [] })
    const clientId = 'n'.repeat(200)
    world.server.naver.register({
      clientId,
      clientSecrets: ['a-naver-secret'],
      anyLoopbackRedirect: true,
    })
    await makeCredential(provider, clientId, 'a-naver-secret')
    assert.equal((await signInWith(world.server, new Visitor(), 'naver')).location, '/')
    await provider.refresh()
    assert.equal(provider.appRef, clientId)
  })
})
