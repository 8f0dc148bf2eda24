import { test } from '@japa/runner'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { Visitor } from '#tests/support/visitor'
import { faults, type Fault } from '#tests/support/provider_server'
import {
  DRIVER_NAMES,
  makeProvider,
  PATHS,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'

/** What can go wrong at either call, and the name it gets. */
const EITHER_CALL: [string, Fault, string][] = [
  ['hangs', faults.hang, 'provider_timeout'],
  ['drips', { kind: 'drip', everyMs: 400 }, 'provider_timeout'],
  ['answers with HTML', faults.html, 'answer_unreadable'],
  ['answers with nothing', { kind: 'answer', status: 200, body: '' }, 'answer_unreadable'],
  ['answers with half of its JSON', faults.truncatedJson, 'answer_unreadable'],
  ['answers with a list', faults.json([1]), 'answer_unreadable'],
  ['answers with 64 MB', faults.flood, 'answer_unreadable'],
  ['redirects elsewhere', faults.redirectTo('http://127.0.0.1:1/steal'), 'answer_unreadable'],
  ['answers 503', faults.serverError, 'provider_unavailable'],
  ['asks to retry in an hour', faults.tooManyRequests(3_600), 'provider_busy'],
]

test.group('A provider in trouble', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    for (const call of ['token', 'profile'] as const) {
      const path = PATHS[driver][call]

      for (const [how, fault, failure] of EITHER_CALL) {
        test(`${driver}: ${call} ${how}: ${failure}, and the visitor can go on`, async ({
          assert,
        }) => {
          await makeProvider(world.server, driver)
          const visitor = new Visitor()
          const callback = await startAndConsent(world.server, visitor, driver, {
            next: '/article',
          })
          world.server.spoil(path, fault, Infinity)

          const answer = await visitor.get(callback)
          assert.equal(answer.status, 303)
          assert.include(answer.location, `failure=${failure}`)
          assert.include(answer.location, 'next=%2Farticle')
          assert.lengthOf((await visitor.get(answer.location)).alerts, 1)
          assert.equal(world.server.count(path), 1, 'never repeated')
          assert.lengthOf(await User.all(), 0)

          const attempt = await SignInAttempt.firstOrFail()
          assert.equal(attempt.failure, failure)
          assert.equal(attempt.steps.at(-1)!.name, call)
          assert.equal(attempt.steps.at(-1)!.result, failure)
        })
      }

      test(`${driver}: ${call} cut off: provider_unreachable`, async ({ assert }) => {
        await makeProvider(world.server, driver)
        const visitor = new Visitor()
        const callback = await startAndConsent(world.server, visitor, driver)
        world.server.spoil(path, faults.reset, Infinity)
        assert.include((await visitor.get(callback)).location, 'failure=provider_unreachable')
        /* The code is used up by the first call; a profile may be asked for once more. */
        assert.equal(world.server.count(path), call === 'token' ? 1 : 2)
      })
    }

    test(`${driver}: a profile call cut off once is repeated, and succeeds`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      world.server.spoil(PATHS[driver].profile, faults.reset)
      assert.equal((await visitor.get(callback)).location, '/')
    })

    test(`${driver}: a wrong secret is the site's fault, not the visitor's`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      world.server[driver].appOf(`${driver}-client-id`)!.clientSecrets = ['another secret']
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const answer = await visitor.get(callback)
      assert.include(answer.location, 'failure=secret_refused')
      assert.include((await visitor.get(answer.location)).alerts.join(), '운영자')
    })

    test(`${driver}: a code that was used elsewhere is refused`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = new URL(await startAndConsent(world.server, visitor, driver))
      callback.searchParams.set('code', 'invented')
      const answer = await visitor.get(callback.href)
      assert.include(answer.location, 'failure=code_refused')
      assert.notInclude(JSON.stringify((await SignInAttempt.firstOrFail()).$attributes), 'invented')
    })

    test(`${driver}: an access token that the profile refuses ends the attempt`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const refusal =
        driver === 'kakao'
          ? faults.json({ msg: 'this access token does not exist', code: -401 }, 401)
          : faults.json({ resultcode: '024', message: 'Authentication failed' }, 401)
      world.server.spoil(PATHS[driver].profile, refusal)
      assert.include((await visitor.get(callback)).location, 'failure=profile_refused')
      const { steps } = await SignInAttempt.firstOrFail()
      assert.equal(steps.at(-1)!.code, driver === 'kakao' ? '-401' : '024')
    })

    for (const [what, expiresIn] of [
      ['as text', '3600'],
      ['as a number', 3600],
      ['missing', undefined],
      ['negative', -5],
      ['as nonsense', 'soon'],
      ['as null', null],
    ] as const) {
      test(`${driver}: expires_in ${what} does not hinder a sign-in`, async ({ assert }) => {
        await makeProvider(world.server, driver)
        const visitor = new Visitor()
        const callback = await startAndConsent(world.server, visitor, driver)
        world.server.spoil(
          PATHS[driver].token,
          faults.json({ access_token: 'abc', token_type: 'bearer', expires_in: expiresIn })
        )
        world.server.spoil(PATHS[driver].profile, faults.json(profiles[driver]))
        assert.equal((await visitor.get(callback)).location, '/')
      })
    }
  }

  test('naver: resultcode other than 00 with HTTP 200 is a failure', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'naver')
    world.server.spoil('/v1/nid/me', faults.json({ ...profiles.naver, resultcode: '024' }))
    assert.include((await visitor.get(callback)).location, 'failure=profile_refused')
  })

  for (const body of [
    { resultcode: '00', message: 'success' },
    { resultcode: '00', response: null },
  ]) {
    test(`naver: a profile like ${JSON.stringify(body)} is unreadable, not a crash`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'naver')
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, 'naver')
      world.server.spoil('/v1/nid/me', faults.json(body))
      assert.include((await visitor.get(callback)).location, 'failure=answer_unreadable')
    })
  }

  test('names keep to one line, 100 characters and one direction', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'naver')
    const name = `\u202e홍\u0000길동 👨‍👩‍👧 <script>alert(1)</script>${'가'.repeat(10_000)}`
    world.server.spoil(
      '/v1/nid/me',
      faults.json({ ...profiles.naver, response: { ...profiles.naver.response, name } })
    )
    assert.equal((await visitor.get(callback)).location, '/')

    const user = await User.firstOrFail()
    assert.isTrue(user.name.startsWith('홍 길동'))
    assert.isAtMost(Array.from(user.name).length, 100)
    assert.notInclude((await visitor.get('/')).text, '<script>alert')
  })
})

const profiles = {
  kakao: {
    id: 42,
    kakao_account: {
      profile: { nickname: '민준', is_default_nickname: false },
      email: 'minjun@example.com',
      is_email_valid: true,
      is_email_verified: true,
    },
  },
  naver: {
    resultcode: '00',
    message: 'success',
    response: { id: 'abc', name: '김민준', email: 'minjun@example.com' },
  },
}
