import { gzipSync } from 'node:zlib'
import { test } from '@japa/runner'
import Identity from '#models/identity'
import { LONGEST_NAME } from '#text/person_name'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'
import { faults, type Fault } from '#tests/support/servers/provider_server'
import {
  DRIVER_NAMES,
  makeProvider,
  PATHS,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const packed: Fault = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  body: gzipSync(Buffer.alloc(64 * 1_024 * 1_024, 'a')),
}

/** What can go wrong at either call, and the name it gets. */
const EITHER_CALL: [string, Fault, string][] = [
  ['hangs', faults.hang, 'provider_timeout'],
  ['drips', { kind: 'drip', everyMs: 400 }, 'provider_timeout'],
  ['answers with HTML', faults.html, 'answer_unreadable'],
  ['answers with nothing', { kind: 'answer', status: 200, body: '' }, 'answer_unreadable'],
  ['answers with half of its JSON', faults.truncatedJson, 'answer_unreadable'],
  ['answers with a list', faults.json([1]), 'answer_unreadable'],
  ['answers with 64 MB', faults.flood, 'answer_unreadable'],
  ['answers with 64 MB, packed', packed, 'answer_unreadable'],
  ['breaks off half-way', { kind: 'break_off', bytes: 20 }, 'provider_unreachable'],
  ['answers 204', { kind: 'answer', status: 204 }, 'answer_unreadable'],
  ['redirects elsewhere', faults.redirectTo('http://127.0.0.1:1/steal'), 'answer_unreadable'],
  ['redirects by 308', faults.redirectTo('http://127.0.0.1:1/steal', 308), 'answer_unreadable'],
  ['answers 503', faults.serverError, 'provider_unavailable'],
  ['answers 500 with JSON', faults.json({ error: 'x' }, 500), 'provider_unavailable'],
  ['answers 504', { kind: 'answer', status: 504 }, 'provider_unavailable'],
  ['asks to retry in an hour', faults.tooManyRequests(3_600), 'provider_busy'],
]

test.group('A provider in trouble', (group) => {
  const world = withProviders(group)
  group.each.skip(isRunElsewhere('sqlite'), ELSEWHERE)

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
          /* A profile whose connection broke may be asked for once more, and nothing else. */
          const isRepeated = call === 'profile' && failure === 'provider_unreachable'
          assert.equal(world.server.count(path), isRepeated ? 2 : 1)
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
      const { label } = await makeProvider(world.server, driver)
      world.server[driver].appOf(`${driver}-client-id`)!.clientSecrets = ['another secret']
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const answer = await visitor.get(callback)
      assert.include(answer.location, 'failure=secret_refused')
      const { alerts } = await visitor.get(answer.location)
      assert.include(alerts, t('failures.secret_refused', { provider: label }))
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

    for (const call of ['token', 'profile'] as const) {
      test(`${driver}: ${call} of more than 256 KiB is not read to its end, however good it is`, async ({
        assert,
      }) => {
        await makeProvider(world.server, driver)
        const path = PATHS[driver][call]
        const good =
          call === 'token' ? { access_token: 'abc', token_type: 'bearer' } : profiles[driver]
        for (const [kilobytes, pack, end] of [
          [300, false, 'failure=answer_unreadable'],
          [300, true, 'failure=answer_unreadable'],
          [200, false, '/'],
          [200, true, '/'],
        ] as const) {
          const visitor = new Visitor()
          const callback = await startAndConsent(world.server, visitor, driver)
          const body = JSON.stringify({ ...good, padding: 'a'.repeat(kilobytes * 1_024) })
          const headers = { 'content-type': 'application/json' }
          world.server.spoil(path, {
            kind: 'answer',
            status: 200,
            headers: pack ? { ...headers, 'content-encoding': 'gzip' } : headers,
            body: pack ? gzipSync(body) : body,
          })
          if (call === 'token' && end === '/') {
            world.server.spoil(PATHS[driver].profile, faults.json(profiles[driver]))
          }
          const { location } = await visitor.get(callback)
          assert.include(location, end, `${kilobytes} KiB${pack ? ', packed' : ''}`)
          assert.equal(await visitor.isSignedIn(), end === '/')
        }
      })
    }

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

  for (const driver of DRIVER_NAMES) {
    /** A trip whose token call succeeds, and whose profile call has this body. */
    async function arrive(body: string, type = 'application/json') {
      await makeProvider(world.server, driver, { requiredFields: [] })
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const headers = { 'content-type': type }
      world.server.spoil(PATHS[driver].profile, { kind: 'answer', status: 200, headers, body })
      return (await visitor.get(callback)).location
    }
    const withId = (id: string) =>
      driver === 'kakao'
        ? `{"id":${id},"kakao_account":{}}`
        : `{"resultcode":"00","message":"success","response":{"id":${id}}}`

    for (const [id, subject] of [
      ['9007199254740993', '9007199254740993'],
      ['"9007199254740993"', '9007199254740993'],
      ['18446744073709551615', '18446744073709551615'],
      ['"007"', '007'],
      ['"Ab-_+/=.9"', 'Ab-_+/=.9'],
      ['"-nullAbleId"', '-nullAbleId'],
    ]) {
      test(`${driver}: the id ${id} is somebody, digit by digit`, async ({ assert }) => {
        assert.equal(await arrive(withId(id)), '/')
        assert.equal((await Identity.firstOrFail()).subject, subject)
      })
    }

    for (const id of [
      ...['null', 'true', '""', '" "', '"a b"', '"가나다"', '"\\u0000"', '[]', '[1]', '{}', '1.5'],
      ...['1e400', `"${'9'.repeat(101)}"`, '9'.repeat(101)],
      ...['0', '-0', '-1', '-9007199254740993', '"0"', '"000"', '"-1"', '"+5"', '"1.5"', '"1e5"'],
      ...['"null"', '"Null"', '"undefined"', '"NaN"', '"None"', '"false"', '"-Infinity"', '"-"'],
    ]) {
      test(`${driver}: the id ${id.slice(0, 12)} (${id.length}) is nobody`, async ({ assert }) => {
        assert.include(await arrive(withId(id)), 'failure=answer_unreadable')
        assert.lengthOf(await User.all(), 0)
      })
    }

    for (const value of [null, 7, true, '', [], {}, ['a'], { a: 'b' }, 'x'.repeat(10_000)]) {
      const what = JSON.stringify(value).slice(0, 20)

      test(`${driver}: ${what} in every optional place hinders nobody`, async ({ assert }) => {
        const filled = (fields: string[]) => Object.fromEntries(fields.map((one) => [one, value]))
        const profile = {
          kakao: {
            id: 42,
            connected_at: value,
            properties: value,
            kakao_account: {
              ...filled(KAKAO_FIELDS),
              profile: filled(['nickname', 'profile_image_url', 'is_default_nickname']),
            },
          },
          naver: {
            resultcode: '00',
            message: value,
            response: { ...filled(NAVER_FIELDS), id: 'a' },
          },
        }[driver]
        assert.equal(await arrive(JSON.stringify(profile)), '/')
        const identity = await Identity.firstOrFail()
        assert.isNull(identity.email)
      })
    }

    if (driver === 'kakao') {
      for (const account of [null, 7, 'x', [], { profile: null }, { profile: [] }]) {
        test(`kakao: ${JSON.stringify(account)} for an account hinders nobody`, async ({
          assert,
        }) => {
          assert.equal(await arrive(JSON.stringify({ id: 42, kakao_account: account })), '/')
        })
      }
    }

    for (const [what, name] of [
      ['emoji', '👩‍👩‍👧‍👦'.repeat(100)],
      ['marks that turn the text around', '\u202e\u2066홍길동\u2069\u200f'],
      ['half a character', '홍\ud800길동'],
      ['many lines', '홍\r\n길\u2028동\u0000'],
      ['ten thousand characters', '가'.repeat(10_000)],
      ['markup', '<img src=x onerror=alert(1)>'],
    ]) {
      test(`${driver}: a name of ${what} is a line that can be shown`, async ({ assert }) => {
        const profile = {
          kakao: { id: 42, kakao_account: { name } },
          naver: { resultcode: '00', message: 'success', response: { id: 'a', name } },
        }[driver]
        assert.equal(await arrive(JSON.stringify(profile)), '/')
        const { name: kept } = await User.firstOrFail()
        assert.match(kept, /^\P{Cc}{1,100}$/u)
        assert.notMatch(kept, /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028]/)
        assert.isTrue(kept.isWellFormed())
      })
    }

    for (const type of ['text/html', 'text/plain;charset=euc-kr', 'image/png', 'nonsense']) {
      test(`${driver}: JSON that is called ${type} is JSON, at either call`, async ({ assert }) => {
        const headers = { 'content-type': type }
        const body = JSON.stringify({ access_token: 'abc', token_type: 'bearer' })
        world.server.spoil(PATHS[driver].token, { kind: 'answer', status: 200, headers, body })
        assert.equal(await arrive(JSON.stringify(profiles[driver]), type), '/')
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

  test('names keep to one line, the length of a typed one and one direction', async ({
    assert,
  }) => {
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
    assert.lengthOf(user.name, LONGEST_NAME)
    assert.notInclude((await visitor.get('/')).text, '<script>alert')
  })
})

const KAKAO_FIELDS = [
  ...['email', 'is_email_valid', 'is_email_verified', 'email_needs_agreement', 'has_email'],
  ...['name', 'name_needs_agreement', 'profile_needs_agreement'],
  ...['profile_nickname_needs_agreement', 'birthday', 'phone_number'],
]
const NAVER_FIELDS = ['email', 'name', 'nickname', 'profile_image', 'age', 'gender', 'mobile']

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
