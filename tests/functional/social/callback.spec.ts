import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import { FAILURES } from '#trip/failure'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import UserSession from '#models/user_session'
import { appUrl } from '#config/app'
import { now } from '#time/clock'
import { groupInBothWays } from '#tests/support/sites/from_site'
import { multiplyLimits } from '#tests/support/limits'
import { rawRequest } from '#tests/support/raw_request'
import { signedInMember } from '#tests/support/people/member'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'
import {
  DRIVER_NAMES,
  makeProvider,
  makeUser,
  PATHS,
  signInWith,
  start,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'

groupInBothWays('A callback that must fail', (group, way) => {
  const world = withProviders(group)

  for (const driver of way.drivers) {
    const { token } = PATHS[driver]

    /** Ways to spoil the query of a good callback, and what each is called. */
    const spoilt: [string, (query: URLSearchParams) => unknown, string][] = [
      ['without a state', (query) => query.delete('state'), 'state_missing'],
      ['with an empty state', (query) => query.set('state', ''), 'state_missing'],
      [
        'with two states',
        (query) => query.append('state', query.get('state')!),
        'response_malformed',
      ],
      [
        'with a state given as an array',
        (query) => {
          query.append('state[]', query.get('state')!)
          query.delete('state')
        },
        'state_missing',
      ],
      [
        'with an altered state',
        (query) =>
          query.set(
            'state',
            query.get('state')!.replace(/^./, (c) => (c === 'a' ? 'b' : 'a'))
          ),
        'state_unknown',
      ],
      ['with a state of 10 kB', (query) => query.set('state', 'a'.repeat(10_000)), 'state_unknown'],
      ['with a constant state', (query) => query.set('state', 'test'), 'state_unknown'],
      [
        'with code and error together',
        (query) => query.set('error', 'access_denied'),
        'response_malformed',
      ],
      ['with neither code nor error', (query) => query.delete('code'), 'response_malformed'],
      ['with two codes', (query) => query.append('code', 'other'), 'response_malformed'],
      ['with an empty code', (query) => query.set('code', ''), 'response_malformed'],
      [
        'with a code of 10 kB',
        (query) => query.set('code', 'a'.repeat(10_000)),
        'response_malformed',
      ],
    ]
    for (const [how, spoil, failure] of spoilt) {
      test(`${driver}: ${how} is ${failure}, and reaches no provider`, async ({ assert }) => {
        await makeProvider(world.server, driver)
        const visitor = new Visitor()
        const callback = new URL(await startAndConsent(world.server, visitor, driver))
        spoil(callback.searchParams)

        const answer = await visitor.get(callback.href)
        assert.equal(answer.status, 303)
        assert.include(answer.location, `/user/login?failure=${failure}`)
        assert.lengthOf((await visitor.get(answer.location)).alerts, 1)
        assert.equal(world.server.count(token), 0)
        assert.isFalse(await visitor.isSignedIn())
      })
    }

    test(`${driver}: bytes that are no UTF-8 are refused without a 500`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const path = `/user/login/social/${driver}/callback/`
      for (const query of ['state=%ff%fe&code=%c0%80', 'state=%', 'state=%E0%A4%A&code=%00']) {
        assert.isBelow((await new Visitor().get(`${path}?${query}`)).status, 500)
      }
    })

    test(`${driver}: in another browser (login CSRF) signs nobody in`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const attacker = new Visitor()
      const callback = await startAndConsent(world.server, attacker, driver)

      for (const prepare of [async () => {}, async (victim: Visitor) => start(victim, driver)]) {
        const victim = new Visitor()
        await prepare(victim)
        assert.include((await victim.get(callback)).location, 'failure=state_foreign')
        assert.isFalse(await victim.isSignedIn())
      }
      assert.equal(world.server.count(token), 0)
      assert.equal((await attacker.get(callback)).location, way.leadsTo(attacker))
    })

    test(`${driver}: at another provider (mix-up) is refused`, async ({ assert }) => {
      for (const name of DRIVER_NAMES) await makeProvider(world.server, name)
      const other = driver === 'kakao' ? 'naver' : 'kakao'
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const answer = await visitor.get(callback.replace(`/${driver}/`, `/${other}/`))
      assert.include(answer.location, 'failure=state_unknown')
      assert.equal(world.server.count(PATHS[other].token), 0)
    })

    test(`${driver}: a second time is refused, also after a failed first time`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      for (const spoil of [false, true]) {
        const visitor = new Visitor()
        const callback = await startAndConsent(world.server, visitor, driver)
        if (spoil) world.server.spoil(token, { kind: 'reset' })
        await visitor.get(callback)
        const calls = world.server.count(token)
        assert.include((await visitor.get(callback)).location, 'failure=state_used')
        assert.equal(world.server.count(token), calls)
      }
    })

    test(`${driver}: loaded again after a sign-in it leads where that led`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const next = '/article?page=2'
      const callback = await startAndConsent(world.server, visitor, driver, { next })
      assert.equal((await visitor.get(callback)).location, next)
      const again = await visitor.get(callback)
      assert.include(again.location, 'failure=state_used')
      assert.equal((await visitor.get(again.location)).location, next)
    })

    test(`${driver}: after ten minutes is refused`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      const attempt = await SignInAttempt.firstOrFail()
      assert.equal(attempt.expiresAt.diff(attempt.startedAt, 'minutes').minutes, 10)
      await attempt.merge({ expiresAt: now() }).save()
      assert.include((await visitor.get(callback)).location, 'failure=state_expired')
      assert.equal(world.server.count(token), 0)
    })

    test(`${driver}: after the provider was switched off is refused`, async ({ assert }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      await provider.merge({ enabled: false }).save()
      assert.include((await visitor.get(callback)).location, 'failure=provider_off')
      assert.equal(world.server.count(token), 0)
    })

    test(`${driver}: somebody else who signed in meanwhile gives way to who comes back`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const other = await makeUser({
        email: 'other@example.com',
        password: 'a long enough password',
      })
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      await visitor.signIn('other@example.com', 'a long enough password')
      const before = visitor.cookies.get(cookieName('session'))
      assert.exists(before)

      assert.equal((await visitor.get(callback)).location, way.leadsTo(visitor))
      const [first, second] = await UserSession.query().orderBy('id')
      assert.equal(first.userId, other.id)
      assert.isNotNull(first.revokedAt)
      assert.notEqual(second.userId, other.id)
      const stolen = new Visitor()
      stolen.cookies.set(cookieName('session'), before!)
      assert.isFalse(await stolen.isSignedIn())
    })

    for (const [name, value] of [
      ['host', 'evil.example'],
      ['x-forwarded-host', 'evil.example'],
      ['x-forwarded-proto', 'https'],
      ['x-forwarded-for', '203.0.113.9'],
      ['forwarded', 'for=203.0.113.9;host=evil.example;proto=https'],
      ['x-original-url', '/admin'],
    ]) {
      test(`${driver}: a forged ${name} on the way back changes nothing`, async ({ assert }) => {
        await makeProvider(world.server, driver)
        const visitor = new Visitor()
        const { pathname, search } = new URL(await startAndConsent(world.server, visitor, driver))
        const cookie = [...visitor.cookies].map((pair) => pair.join('=')).join('; ')
        const answer = await rawRequest(appUrl, {
          method: 'GET',
          path: pathname + search,
          headers: { host: new URL(appUrl).host, cookie, [name]: value },
        })
        assert.equal(answer.status, 303)
        assert.equal(answer.headers.location, way.leadsTo(visitor))
        const sent = world.server.lastCallTo(token).form.get('redirect_uri')
        if (sent) assert.isTrue(sent.startsWith(appUrl))
        assert.equal((await UserSession.firstOrFail()).ip, '127.0.0.1')
      })
    }

    test(`${driver}: after its credential was revoked is refused`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      await ProviderCredential.query().update({ status: 'revoked' })
      assert.include((await visitor.get(callback)).location, 'failure=credential_revoked')
      assert.equal(world.server.count(token), 0)
    })

    test(`${driver}: cancelled consent says so, keeps \`next\` and burns the state`, async ({
      assert,
    }) => {
      const { label } = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const options = { action: 'cancel', next: '/article/create' } as const
      const callback = await startAndConsent(world.server, visitor, driver, options)
      const answer = await visitor.get(callback)
      const page = await visitor.get(answer.location)
      assert.include(page.alerts, t('failures.cancelled', { provider: label }))
      assert.equal(page.fieldValue('next'), '/article/create')
      assert.equal((await SignInAttempt.firstOrFail()).failure, 'cancelled')

      const good = callback
        .replace(/error=[^&]*/, 'code=abc')
        .replace(/&error_description=[^&]*/, '')
      assert.include((await visitor.get(good)).location, 'failure=state_used')
    })

    test(`${driver}: a provider's words never reach the page or the log`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = new URL(await startAndConsent(world.server, visitor, driver))
      callback.searchParams.delete('code')
      callback.searchParams.set('error', 'server_error<script>')
      callback.searchParams.set('error_description', '<script>alert(1)</script>')
      const answer = await visitor.get(callback.href)
      assert.include(answer.location, 'failure=authorization_refused')
      assert.notInclude((await visitor.get(answer.location)).text, '<script>alert')
      assert.notInclude(JSON.stringify((await SignInAttempt.firstOrFail()).$attributes), 'alert')
    })
  }
})

test.group('The address of a failure', (group) => {
  const world = withProviders(group)

  for (const path of ['/user/login', '/account/sign_in_methods', '/account/reauthenticate']) {
    test(`a prepared link to ${path} tells one sentence, whatever failure it names`, async ({
      assert,
    }) => {
      await makeProvider(world.server, 'kakao')
      const { visitor } = await signedInMember()
      const told = new Set<string>()
      for (const failure of Object.keys(FAILURES)) {
        for (const mark of ['', '&mark=', `&mark=${'A'.repeat(22)}`, '&mark[]=a']) {
          const who = path === '/user/login' ? new Visitor() : visitor
          const query = `failure=${failure}&provider=kakao&attempt=x${mark}`
          const { alerts } = await who.get(`${path}?${query}`)
          told.add(alerts.join())
        }
      }
      assert.lengthOf(told, 1)
      assert.equal([...told][0], t('failures.unrecognised'))
    })
  }

  test("the address of another browser's failure tells nothing here", async ({ assert }) => {
    const { label } = await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'kakao', { action: 'cancel' })
    const { location } = await visitor.get(callback)
    const cancelled = t('failures.cancelled', { provider: label })
    assert.deepEqual((await visitor.get(location)).alerts, [cancelled])
    const other = new Visitor()
    await other.get('/user/login')
    assert.deepEqual((await other.get(location)).alerts, [t('failures.unrecognised')])
    const another = location.replace('failure=cancelled', 'failure=suspended')
    assert.deepEqual((await visitor.get(another)).alerts, [t('failures.unrecognised')])
  })

  test('a failure that is not on our list shows nothing', async ({ assert }) => {
    for (const failure of ['<b>hello</b>', 'constructor', '__proto__', 'toString']) {
      const page = await new Visitor().get(`/user/login?failure=${encodeURIComponent(failure)}`)
      assert.lengthOf(page.alerts, 0)
      assert.notInclude(page.text, 'hello')
    }
  })
})

test.group('A start that must fail', (group) => {
  const world = withProviders(group)

  test('an unknown and a switched-off provider are named, and `next` is kept', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao', { enabled: false })
    for (const [key, failure] of [
      ['nobody', 'provider_unknown'],
      ['kakao', 'provider_off'],
    ]) {
      const visitor = new Visitor()
      const answer = await start(visitor, key, { next: '/article/create' })
      assert.include(answer.location, `failure=${failure}`)
      const page = await visitor.get(answer.location)
      assert.lengthOf(page.alerts, 1)
      assert.equal(page.fieldValue('next'), '/article/create')
    }
    assert.lengthOf(await SignInAttempt.all(), 0)
  })

  test('a link or an image on another site starts nothing', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const path = '/user/login/social/kakao'
    assert.equal((await visitor.get(path)).location, '/user/login')
    assert.equal(
      (await visitor.get(`${path}/?next=/article/create`)).location,
      '/user/login?next=%2Farticle%2Fcreate'
    )
    assert.equal((await visitor.get(`${path}?next=//evil.example`)).location, '/user/login')
    assert.equal((await visitor.get('/user/login/social/nobody')).location, '/user/login')
    await makeProvider(world.server, 'naver', { hidden: true })
    assert.equal((await visitor.get('/user/login/social/naver')).location, '/user/login?with=naver')
    assert.include(
      (await visitor.post('/user/login/social/kakao', {})).location,
      'failure=form_expired'
    )
    assert.lengthOf(await SignInAttempt.all(), 0)
  })

  test('a thousand starts have a thousand states', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    const states = new Set<string>()
    for (let turn = 0; turn < 1_000; turn += 50) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => visitor.submit(page, '/user/login/social/naver'))
      )
      for (const answer of answers) states.add(new URL(answer.location).searchParams.get('state')!)
    }
    assert.equal(states.size, 1_000)
  })
    .setup(() => multiplyLimits(2))
    .timeout(120_000)

  test('forged Host and X-Forwarded-Host do not change where the provider sends people', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const page = await visitor.get('/user/login')
    const answer = await visitor.request('/user/login/social/kakao', {
      method: 'POST',
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      body: new URLSearchParams({ _csrf: page.csrf }),
    })
    assert.notInclude(answer.location, 'evil.example')
    assert.include(answer.location, encodeURIComponent('http://localhost:'))
  })

  test('a key that does not open the secret is a named failure, for the log and the person', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    await ProviderCredential.query().update({ clientSecret: 'secrets.v1:AAAA.BBBB.CCCC' })
    const visitor = new Visitor()
    const answer = await start(visitor, 'kakao')
    assert.include(answer.location, 'failure=secret_unreadable')
    assert.lengthOf((await visitor.get(answer.location)).alerts, 1)
  })
})

test.group('Sessions', (group) => {
  const world = withProviders(group)

  test('signing out ends the session on the server, by POST only', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const stolen = new Visitor()
    for (const [name, value] of visitor.cookies) stolen.cookies.set(name, value)
    assert.isTrue(await stolen.isSignedIn())

    assert.equal((await visitor.get('/user/logout')).status, 404)
    assert.isTrue(await visitor.isSignedIn())

    const home = await visitor.get('/')
    const browser = visitor.cookies.get(cookieName('browser'))
    assert.equal((await visitor.submit(home, '/user/logout')).location, '/')
    assert.include((await visitor.get('/')).words, t('session.signed_out_here'))
    assert.isFalse(await visitor.isSignedIn())
    assert.isFalse(await stolen.isSignedIn())
    assert.notEqual(visitor.cookies.get(cookieName('browser')), browser)
  })

  test('a planted session cookie is never adopted', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const planted = 'A'.repeat(43)
    const visitor = new Visitor()
    visitor.cookies.set(cookieName('session'), planted)
    await signInWith(world.server, visitor, 'kakao')
    assert.notEqual(visitor.cookies.get(cookieName('session')), planted)

    const attacker = new Visitor()
    attacker.cookies.set(cookieName('session'), planted)
    assert.isFalse(await attacker.isSignedIn())
  })

  test('a form token from before the sign-in does not work after it', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const before = await visitor.get('/user/login')
    await signInWith(world.server, visitor, 'kakao')
    assert.equal((await visitor.submit(before, '/user/logout')).status, 403)
    assert.isTrue(await visitor.isSignedIn())
  })

  test('cookies are HttpOnly and SameSite=Lax, and the token is stored as a hash', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    const answer = await signInWith(world.server, visitor, 'kakao')
    for (const line of answer.headers.getSetCookie()) {
      assert.match(line, /HttpOnly/i)
      assert.match(line, /SameSite=Lax/i)
    }
    const { tokenHash } = await UserSession.firstOrFail()
    assert.notEqual(tokenHash, visitor.cookies.get(cookieName('session')))
  })
})
