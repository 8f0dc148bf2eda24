import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import type { ProviderServer } from '#tests/support/servers/provider_server'
import db from '@adonisjs/lucid/services/db'
import { CheckData } from '#actions/data/check_data'
import type Provider from '#models/provider'
import Identity from '#models/identity'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import type { ConsentOptions } from '#tests/support/servers/provider_server'
import { aCredential } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import {
  DRIVER_NAMES,
  makeProvider,
  makeUser,
  PATHS,
  signInWith,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { departOn, prepareTrial, trialOf, tryAndConsent, tryOut } from '#tests/support/trial'
import { Visitor } from '#tests/support/visitor'

/** Everything a sign-in writes to, and a trial must not. */
const TABLES = ['users', 'identities', 'pending_identities', 'user_sessions', 'outgoing_mails']

async function rowsOf(tables: string[]) {
  return Promise.all(tables.map((table) => db.from(table).select('*').orderBy('id')))
}

/** As if the page had been open for so long. */
async function letPass(trial: SignInAttempt, seconds: number) {
  await trial.refresh()
  trial.startedAt = trial.startedAt.minus({ seconds })
  trial.expiresAt = trial.expiresAt.minus({ seconds })
  await trial.save()
}

const passed = ({ label }: Provider) => t('trial.report.passed', { provider: label })

test.group('A trial sign-in', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
  })

  const activeOf = (provider: Provider) =>
    ProviderCredential.findOrFail(provider.activeCredentialId)

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: goes through every step while the provider is off, and writes nothing`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver, { enabled: false })
      const credential = await activeOf(provider)
      const callback = await tryAndConsent(world.server, admin, provider, credential)
      const before = await rowsOf(TABLES)

      const answer = await admin.get(callback)
      assert.equal(answer.status, 303)
      const report = await admin.visit(answer.location)
      assert.equal(report.status, 200)
      assert.match(report.url, /\/admin\/trials\/[\w-]{22}$/)
      assert.include(report.statuses, passed(provider))
      assert.isNull(report.refresh)

      const trial = await trialOf(report)
      assert.equal(trial.outcome, 'tried')
      assert.isNull(trial.failure)
      assert.isNull(trial.userId)
      assert.deepEqual(
        trial.steps.map(({ name, result }) => [name, result]),
        [
          ['authorize', 'ok'],
          ['callback', 'ok'],
          ['token', 'ok'],
          ['application', 'ok'],
          ['profile', 'ok'],
          ['required_fields', 'ok'],
          ['decision', 'ok'],
        ]
      )
      assert.deepEqual(await rowsOf(TABLES), before)
      assert.isNull((await activeOf(provider)).lastUsedAt)
    })

    test(`${driver}: what came back is masked, on the page and in the database`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const credential = await activeOf(provider)
      const callback = await tryAndConsent(world.server, admin, provider, credential)
      const report = await admin.visit(callback)
      assert.include(report.words, 'm***@e*****.com')
      assert.include(report.words, driver === 'kakao' ? '민*' : '김*준')

      const token = world.server
        .lastCallTo(PATHS[driver].profile)
        .headers.authorization!.replace('Bearer ', '')
      const { searchParams } = new URL(callback)
      const secrets = [
        'minjun@example.com',
        '김민준',
        world.server[driver].subjectOf('minjun', credential.clientId),
        token,
        searchParams.get('code')!,
        searchParams.get('state')!,
        `${driver}-client-secret`,
      ]
      const rows = JSON.stringify(await rowsOf(['sign_in_attempts', 'providers', ...TABLES]))
      for (const secret of secrets) {
        assert.notInclude(report.text, secret)
        assert.notInclude(rows, secret)
      }
    })

    test(`${driver}: the tokens are not revoked, and the page says why`, async ({ assert }) => {
      const provider = await makeProvider(world.server, driver)
      const report = await tryOut(world.server, admin, provider, await activeOf(provider))
      assert.include(report.words, t('trial.report.note', { provider: provider.label }))
      assert.sameMembers(
        world.server.calls.map(({ path }) => path).filter((path) => !path.includes('authorize')),
        [
          PATHS[driver].token,
          PATHS[driver].profile,
          ...(driver === 'kakao' ? ['/v1/user/access_token_info'] : []),
        ]
      )
    })

    test(`${driver}: a draft is tried itself: a wrong secret is not covered by the right one in use`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const clientId = `${driver}-client-id`
      const draft = await aCredential(provider, { clientId, clientSecret: 'mistyped-secret' })
      const report = await tryOut(world.server, admin, provider, draft)
      assert.equal((await trialOf(report)).failure, 'secret_refused')
      assert.equal(world.server.count(PATHS[driver].token), 1)

      const right = await aCredential(provider, {
        clientId,
        clientSecret: `${driver}-client-secret`,
      })
      const second = await tryOut(world.server, admin, provider, right)
      assert.equal((await trialOf(second)).outcome, 'tried')
      assert.equal((await right.refresh()).status, 'draft')
    })
  }

  test('stays out of history and metrics, and stands in a list on the provider’s page', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const credential = await activeOf(provider)
    await prepareTrial(admin, provider, credential)
    const report = await tryOut(world.server, admin, provider, credential)
    await tryOut(world.server, admin, provider, credential, { action: 'cancel' })

    const history = await admin.get('/account/history')
    assert.notInclude(history.words, provider.label)
    assert.notInclude((await new Visitor().get('/metrics')).text, 'intent="trial"')
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    assert.include(page.links, new URL(report.url).pathname)
    /* The first was only looked at, so it is none. */
    assert.lengthOf(page.valuesOf('[href^="/admin/trials/"]', 'href'), 2)
  })

  test('a revoked key is not tried, and a trial under way with it ends', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const draft = await aCredential(provider, { clientId: 'kakao-client-id' })
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    const callback = await tryAndConsent(world.server, admin, provider, draft)
    const leftOpen = await prepareTrial(admin, provider, draft)
    await draft.revoke()

    const report = await admin.visit(callback)
    assert.equal((await trialOf(report)).failure, 'credential_revoked')
    assert.equal(world.server.count(PATHS.kakao.token), 0)
    const departed = await admin.visit((await departOn(admin, leftOpen)).location)
    assert.equal((await trialOf(departed)).failure, 'credential_revoked')
    const refused = await admin.submit(page, `/admin/credentials/${draft.publicId}/trials`)
    assert.include((await admin.get(refused.location)).alerts[0], t('admin.problems.revoked'))
    assert.deepEqual((await new CheckData().lookForDamage()).findings, [])
  })

  test('a callback opened again leads to the report, and asks the provider nothing', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'naver')
    const credential = await activeOf(provider)
    const callback = await tryAndConsent(world.server, admin, provider, credential)
    const [first, second] = [await admin.visit(callback), await admin.visit(callback)]
    assert.equal(second.url, first.url)
    assert.include(second.statuses, passed(provider))
    assert.equal(world.server.count(PATHS.naver.token), 1)
  })
})

test.group('Who may try', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  let provider: Provider
  let credential: ProviderCredential
  group.each.setup(async () => {
    admin = await signedInAs('admin')
    provider = await makeProvider(world.server, 'kakao')
    credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
  })

  test('to a member there is no trial, no report, and nothing to press', async ({ assert }) => {
    const report = await tryOut(world.server, admin, provider, credential)
    const open = await prepareTrial(admin, provider, credential)
    const member = await signedInAs('member')
    const own = await member.get('/')
    assert.equal((await member.get(new URL(report.url).pathname)).status, 404)
    for (const path of [
      `/admin/credentials/${credential.publicId}/trials`,
      `/admin/credentials/${credential.publicId}/checks`,
      `${new URL(open.url).pathname}/departures`,
    ]) {
      assert.equal((await member.submit(own, path)).status, 404, path)
    }
    assert.equal((await new Visitor().get(new URL(report.url).pathname)).status, 303)
  })

  test('another administrator sees the report, but cannot leave on this trial', async ({
    assert,
  }) => {
    const open = await prepareTrial(admin, provider, credential)
    const other = await signedInAs('admin')
    const page = await other.get(new URL(open.url).pathname)
    assert.equal(page.status, 200)
    const leaving = '[action$="/departures"]'
    assert.isTrue(open.has(leaving))
    assert.isFalse(page.has(leaving))
    assert.equal((await departOn(other, page)).status, 404)
  })

  for (const [who, change] of [
    ['who has signed out', async () => admin.submit(await admin.get('/'), '/user/logout')],
    [
      'who is no administrator any more',
      async () => User.query().where('role', 'admin').update({ role: 'member' }),
    ],
    [
      'who was suspended',
      async () => User.query().update({ suspendedAt: now().toSQL({ includeOffset: false }) }),
    ],
    [
      'as somebody else, though also an administrator',
      async () => {
        const [email, password] = ['other@example.org', 'a long password']
        await User.create({ email, name: '이관리', password, role: 'admin' })
        const page = await admin.get('/account')
        await admin.submit(page, '/user/login', { email, password })
      },
    ],
  ] as const) {
    test(`coming back ${who} fails, and the provider is asked nothing`, async ({ assert }) => {
      const callback = await tryAndConsent(world.server, admin, provider, credential)
      const { cookies } = admin
      const browser = cookies.get(cookieName('browser'))
      await change()
      /* Signing out gives the browser another secret; here it is the session that counts. */
      if (browser) cookies.set(cookieName('browser'), browser)
      assert.match((await admin.get(callback)).location, /^\/admin\/trials\//)

      const trial = await SignInAttempt.query().where('intent', 'trial').firstOrFail()
      assert.equal(trial.failure, 'person_changed')
      assert.equal(world.server.count(PATHS.kakao.token), 0)
    })
  }

  test('a trial cannot be finished in another browser', async ({ assert }) => {
    const callback = await tryAndConsent(world.server, admin, provider, credential)
    const stranger = await signedInAs('admin')
    assert.include((await stranger.get(callback)).location, 'failure=state_foreign')
    assert.equal(world.server.count(PATHS.kakao.token), 0)
    /* Nothing was used up by it. */
    assert.include((await admin.visit(callback)).statuses, passed(provider))
  })
})

test.group('Waiting for a trial', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  let provider: Provider
  let credential: ProviderCredential
  group.each.setup(async () => {
    admin = await signedInAs('admin')
    provider = await makeProvider(world.server, 'kakao')
    credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
  })

  const again = (page: { url: string }) => admin.get(new URL(page.url).pathname)

  test('the page looks again every three seconds, by itself, unless told to stop', async ({
    assert,
  }) => {
    const ready = await prepareTrial(admin, provider, credential)
    assert.deepEqual(ready.refresh, { seconds: 3, to: null })
    assert.isTrue(ready.has('[action$="/departures"][target=_blank][rel=noopener]'))
    assert.include(ready.headers.get('content-security-policy')!, 'http://127.0.0.1:*')
    const still = await admin.get(`${new URL(ready.url).pathname}?still=1`)
    assert.isNull(still.refresh)
    assert.include(still.words, t('trial.away.resume'))
  })

  test('says after 20 seconds what it means that nothing has come back', async ({ assert }) => {
    const ready = await prepareTrial(admin, provider, credential)
    await departOn(admin, ready)
    const trial = await trialOf(ready)

    await letPass(trial, 15)
    const early = await again(ready)
    assert.include(early.words, t('trial.away.title', { provider: provider.label }))
    assert.notInclude(early.words, 'KOE006')

    await letPass(trial, 6)
    const late = await again(ready)
    for (const code of ['KOE006', 'KOE101', 'KOE205']) assert.include(late.words, code)
    assert.include(late.words, `${new URL(late.url).origin}/user/login/social/kakao/callback/`)
    assert.isNotNull(late.refresh)

    await letPass(trial, 600)
    const over = await again(ready)
    assert.include(over.alerts, t('trial.overdue.lead'))
    assert.include(over.words, 'KOE006')
    assert.isNull(over.refresh)
  })

  test('opened in two tabs, the last one counts', async ({ assert }) => {
    const ready = await prepareTrial(admin, provider, credential)
    const callbacks: string[] = []
    for (let tab = 0; tab < 2; tab++) {
      const departed = await departOn(admin, ready)
      callbacks.push(await world.server.consent(departed.location))
    }
    assert.include((await admin.get(callbacks[0])).location, 'failure=state_unknown')
    assert.include((await admin.visit(callbacks[1])).statuses, passed(provider))

    /* Pressed once more after all is over: the report, and no other trip. */
    assert.equal((await departOn(admin, ready)).location, new URL(ready.url).pathname)
    assert.equal((await trialOf(ready)).outcome, 'tried')
  })

  test('a callback that comes after ten minutes is not answered', async ({ assert }) => {
    const callback = await tryAndConsent(world.server, admin, provider, credential)
    const trial = await SignInAttempt.query().where('intent', 'trial').firstOrFail()
    await letPass(trial, 601)
    const page = await admin.visit(callback)
    assert.include(page.alerts, t('trial.overdue.lead'))
    assert.equal(world.server.count(PATHS.kakao.token), 0)
  })
})

interface Situation {
  what: string
  settings?: Partial<Provider>
  /** Who is here already. */
  before?: (provider: Provider) => Promise<unknown>
  consent?: ConsentOptions
  course: string
  /** Who it is about, masked as the report masks them. */
  user?: string
  /** How the same sign-in really ends: outcome, or failure. */
  really: string
}

const known = (driver: DriverName, world: { server: ProviderServer }) => ({
  by: async (provider: Provider, user: User) =>
    Identity.create({
      userId: user.id,
      providerId: provider.id,
      subject: world.server[driver].subjectOf('minjun', `${driver}-client-id`),
      scopes: [],
      linkedAt: now(),
    }),
})

test.group('What a trial foretells is what a sign-in does', (group) => {
  const world = withProviders(group)
  const email = 'minjun@example.com'

  const situations: Situation[] = [
    {
      what: 'nobody known, address vouched for',
      course: 'create',
      really: 'signed_in',
    },
    {
      what: 'nobody known, address not vouched for',
      settings: { emailPolicy: 'never' },
      course: 'create_unproved',
      really: 'signed_in',
    },
    {
      what: 'somebody known',
      before: async (provider) =>
        known('kakao', world).by(provider, await makeUser({ name: '홍길동', email })),
      course: 'sign_in',
      user: '홍*동 (m***@e*****.com)',
      really: 'signed_in',
    },
    {
      what: 'somebody known, with a second factor',
      before: async (provider) =>
        known('kakao', world).by(provider, await makeUser({ email, secondFactorAt: now() })),
      course: 'second_factor',
      user: '김*준 (m***@e*****.com)',
      really: 'second_factor_due',
    },
    {
      what: 'a member with the address, vouched for',
      before: async () => makeUser({ name: '홍길동', email }),
      course: 'join',
      user: '홍*동 (m***@e*****.com)',
      really: 'signed_in',
    },
    {
      what: 'a member with the address, not vouched for',
      settings: { emailPolicy: 'never' },
      before: async () => makeUser({ name: '홍길동', email }),
      course: 'prove',
      user: '홍*동 (m***@e*****.com)',
      really: 'must_prove',
    },
    {
      what: 'an administrator with the address',
      before: async () => makeUser({ email, role: 'admin' }),
      course: 'refuse',
      really: 'account_protected',
    },
    {
      what: 'a suspended person',
      before: async (provider) =>
        known('kakao', world).by(provider, await makeUser({ suspendedAt: now() })),
      course: 'refuse',
      really: 'suspended',
    },
    {
      what: 'sign-up closed',
      settings: { allowSignUp: false },
      course: 'refuse',
      really: 'sign_up_closed',
    },
    {
      what: 'a hidden button',
      settings: { hidden: true },
      course: 'refuse',
      really: 'newcomers_refused',
    },
    {
      what: 'a required field left out',
      consent: { agree: ['name', 'nickname'] },
      course: 'ask_again',
      really: 'missing_fields',
    },
    {
      what: 'a required field that the person does not have',
      consent: { person: 'haneul' },
      course: 'complete',
      really: 'must_complete',
    },
  ]

  for (const { what, settings, before, consent, course, user = '', really } of situations) {
    test(`${what}: ${course}, then ${really}`, async ({ assert }) => {
      const provider = await makeProvider(world.server, 'kakao', settings)
      await before?.(provider)
      const admin = await signedInAs('admin')
      const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)

      const report = await tryOut(world.server, admin, provider, credential, consent)
      const trial = await trialOf(report)
      const decision = trial.steps.find(({ name }) => name === 'decision')!
      assert.equal(decision.found!.course, course)
      const provided = { provider: provider.label }
      const message = course === 'refuse' ? t(`failures.${really}`, provided) : ''
      assert.include(report.words, t(`trial.courses.${course}`, { ...provided, user, message }))
      if (course === 'refuse') {
        assert.equal(decision.result, really)
        assert.equal(trial.outcome, 'tried', 'the keys work all the same')
      }

      await signInWith(world.server, new Visitor(), 'kakao', consent)
      const attempt = await SignInAttempt.query()
        .where({ intent: 'sign_in', providerId: provider.id })
        .firstOrFail()
      assert.equal(attempt.failure ?? attempt.outcome, really)
    })
  }
})

test.group('Why a required field is missing', (group) => {
  const world = withProviders(group)

  for (const { driver, why, items, scopes, consent } of [
    {
      driver: 'kakao',
      why: 'not_consented',
      consent: { agree: ['name', 'nickname'] } as ConsentOptions,
    },
    {
      driver: 'kakao',
      why: 'not_requested',
      scopes: ['profile_nickname'],
      consent: { agree: ['name', 'nickname'] } as ConsentOptions,
    },
    {
      driver: 'kakao',
      why: 'not_set_up',
      items: ['profile_nickname', 'profile_image'],
    },
    {
      driver: 'kakao',
      why: 'not_there',
      consent: { person: 'haneul' },
    },
    {
      driver: 'naver',
      why: 'not_given',
      consent: { agree: ['name'] } as ConsentOptions,
    },
  ] as const) {
    test(`${driver}: ${why}, in both languages`, async ({ assert }) => {
      const provider = await makeProvider(world.server, driver, {
        scopes: scopes ? [...scopes] : [],
      })
      if (items) world.server[driver].appOf(`${driver}-client-id`)!.items = [...items]
      const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
      for (const language of ['ko', 'en'] as const) {
        const admin = await signedInAs('admin', language)
        const report = await tryOut(world.server, admin, provider, credential, consent)
        const trial = await trialOf(report)
        assert.equal(trial.failure, 'missing_fields')
        assert.deepEqual(trial.missingFields!.map(({ field, why: told }) => [field, told])[0], [
          'email',
          why,
        ])
        const found = t('trial.found.required_email', {}, language)
        const absence = t(`trial.values.absence.${why}`, {}, language)
        assert.include(report.words, `${found} ${absence}`)
      }
    })
  }
})
