import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { CheckData } from '#actions/data/check_data'
import { RekeySecrets } from '#actions/data/rekey_secrets'
import { ForgetCodes } from '#jobs/forget_codes'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import UserSession from '#models/user_session'
import WaitingCode from '#models/waiting_code'
import { now, sqlTime } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { aCredential } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { tryAndConsent } from '#tests/support/trial'
import {
  DRIVER_NAMES,
  makeProvider,
  PATHS,
  signInWith,
  start,
  startAndConsent,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor, type Page } from '#tests/support/visitor'

const NEW_SECRET = 'the-secret-issued-just-now'

test.group('A sign-in that waits for a secret on its way', (group) => {
  const world = withProviders(group)

  const issue = (driver: DriverName, secret = NEW_SECRET) => {
    world.server[driver].appOf(`${driver}-client-id`)!.clientSecrets = [secret]
  }
  const paste = (provider: Provider, clientSecret = NEW_SECRET) =>
    aCredential(provider, { clientId: `${provider.key}-client-id`, clientSecret })

  /** A provider whose secret worked a moment ago. */
  async function atWork(driver: DriverName) {
    const provider = await makeProvider(world.server, driver)
    await ProviderCredential.query().update({ lastUsedAt: sqlTime(now()) })
    return provider
  }

  /** Comes back with a secret that has just been ended; the page on which to wait. */
  async function wait(driver: DriverName, visitor = new Visitor(), next = '/article') {
    const callback = await startAndConsent(world.server, visitor, driver, { next })
    issue(driver)
    const answer = await visitor.get(callback)
    return { visitor, callback, answer, page: answer.location }
  }

  /** Presses a button of the account's pages. */
  const press = async (visitor: Visitor, driver: DriverName, fields: Record<string, string>) =>
    visitor.submit(
      await visitor.get('/account/sign_in_methods'),
      `/user/login/social/${driver}`,
      fields
    )

  const over = (seconds: number) =>
    WaitingCode.query().update({
      createdAt: sqlTime(now().minus({ seconds })),
      expiresAt: sqlTime(now().plus(WaitingCode.LIFETIME).minus({ seconds })),
    })
  const tokenCalls = (driver: DriverName) => world.server.count(PATHS[driver].token)
  const failureOf = ({ location }: Page) => new URL(location, 'http://x').searchParams

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: is told so on a page that goes on by itself, with the code sealed until then`, async ({
      assert,
    }) => {
      const provider = await atWork(driver)
      const { visitor, callback, answer, page } = await wait(driver)
      assert.equal(answer.status, 303)
      assert.match(page, new RegExp(`^/user/login/social/${driver}/waiting/[\\w-]{22}$`))

      const shown = await visitor.get(page)
      assert.equal(shown.status, 200)
      assert.equal(shown.headers.get('cache-control'), 'no-store')
      assert.deepEqual(shown.refresh, { seconds: 2, to: null })
      const told = t('failures.waiting.text', { provider: provider.label })
      assert.include(shown.statuses.join(), told)

      const code = new URL(callback).searchParams.get('code')!
      const state = new URL(callback).searchParams.get('state')!
      const row = JSON.stringify(await db.from('waiting_codes').select('*'))
      for (const secret of [code, state]) {
        assert.notInclude(row, secret)
        assert.notInclude(shown.text, secret)
      }
      assert.deepEqual((await new CheckData().lookForDamage()).findings, [])
      const rekeyed = await new RekeySecrets().handle()
      assert.equal(rekeyed.find(({ table }) => table === 'waiting_codes')?.kept, 1)

      /* Nothing is sent while there is nothing new to try. */
      const calls = tokenCalls(driver)
      for (let look = 0; look < 3; look++) assert.equal((await visitor.get(page)).status, 200)
      assert.equal(tokenCalls(driver), calls)

      await paste(provider)
      assert.equal((await visitor.get(page)).location, '/article')
      assert.isTrue(await visitor.isSignedIn())
      assert.lengthOf(await WaitingCode.all(), 0)
      const attempt = await SignInAttempt.firstOrFail()
      assert.equal(attempt.outcome, 'signed_in')
      assert.deepEqual(
        attempt.steps.map(({ name, result }) => [name, result]),
        [
          ['token', 'secret_refused'],
          ['token', 'ok'],
          ['profile', 'ok'],
        ]
      )
      assert.include((await visitor.get(page)).location, 'failure=state_used')
    })

    test(`${driver}: of many looks at once one exchanges the code`, async ({ assert }) => {
      const provider = await atWork(driver)
      const { visitor, page } = await wait(driver)
      await paste(provider)
      const calls = tokenCalls(driver)
      const looks = await Promise.all(Array.from({ length: 8 }, () => visitor.get(page)))
      assert.equal(tokenCalls(driver), calls + 1)
      assert.lengthOf(
        looks.filter(({ location }) => location === '/article'),
        1
      )
      assert.isTrue(looks.every(({ status }) => status < 400))
      assert.isTrue(await visitor.isSignedIn())
    })
  }

  test('HEAD and speculative loads of the page do not look', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    const calls = tokenCalls('kakao')
    assert.equal((await visitor.request(page, { method: 'HEAD' })).status, 200)
    for (const name of ['sec-purpose', 'purpose', 'x-moz']) {
      assert.equal((await visitor.get(page, { [name]: 'prefetch' })).status, 204)
    }
    assert.equal(tokenCalls('kakao'), calls)
    assert.lengthOf(await WaitingCode.all(), 1)
    assert.equal((await visitor.get(page)).location, '/article')
  })

  test('another browser, another provider and an unknown trip get nothing of it', async ({
    assert,
  }) => {
    const provider = await atWork('kakao')
    await makeProvider(world.server, 'naver')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    const calls = world.server.calls.length

    const stranger = new Visitor()
    await start(stranger, 'kakao')
    assert.isNull((await stranger.get(page)).refresh)
    assert.include((await stranger.get(page)).location, '/user/login?failure=')
    const form = await stranger.get('/user/login')
    assert.include((await stranger.submit(form, `${page}/cancel`)).location, 'failure=')
    for (const path of [page.replace('kakao', 'naver'), page.replace('kakao', 'nobody')]) {
      assert.include((await visitor.get(path)).location, '/user/login?failure=')
    }
    assert.include((await visitor.get(`${page.slice(0, -22)}nobody`)).location, 'failure=')
    assert.equal(world.server.calls.length, calls)
    assert.equal((await visitor.get(page)).location, '/article')
  })

  test('a trip that is still at the provider has no such page', async ({ assert }) => {
    await atWork('kakao')
    const visitor = new Visitor()
    await start(visitor, 'kakao')
    const attempt = await SignInAttempt.firstOrFail()
    const page = `/user/login/social/kakao/waiting/${attempt.publicId}`
    assert.include((await visitor.get(page)).location, '/user/login?failure=')
    await attempt.refresh()
    assert.isNull(attempt.finishedAt)
  })

  test('after forty seconds it fails, leads on to where it was going, and the code is gone', async ({
    assert,
  }) => {
    await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await over(20)
    assert.equal((await visitor.get(page)).status, 200)
    await over(40)
    const answer = await visitor.get(page)
    assert.equal(failureOf(answer).get('failure'), 'secret_refused')
    assert.equal(failureOf(answer).get('next'), '/article')
    assert.lengthOf(await WaitingCode.all(), 0)
    assert.equal((await SignInAttempt.firstOrFail()).failure, 'secret_refused')
  })

  test('a secret that came with the last look is still tried', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    await over(42)
    assert.equal((await visitor.get(page)).location, '/article')
  })

  test('who closes the browser leaves no code behind after 45 seconds', async ({ assert }) => {
    await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await over(44)
    assert.deepEqual(await new ForgetCodes().handle(), { forgotten: 0 })
    await over(45)
    assert.deepEqual(await new ForgetCodes().handle(), { forgotten: 1 })
    assert.lengthOf(await WaitingCode.all(), 0)
    const attempt = await SignInAttempt.firstOrFail()
    assert.equal(attempt.failure, 'secret_refused')
    assert.equal((await visitor.get(page)).status, 303)
    assert.deepEqual((await new CheckData().lookForDamage()).findings, [])
    /* Lifetime and pace together stay within the minute that docs/security.md promises. */
    const { seconds } = WaitingCode.LIFETIME
    assert.isBelow(seconds + (new ForgetCodes().everyMs / 1_000) * 1.1, 60)
  })

  test('while a look has the code, the job deletes it and leaves the end to the look', async ({
    assert,
  }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    world.server.beforeAnswer = async (path) => {
      if (path !== PATHS.kakao.token) return
      world.server.beforeAnswer = null
      await over(50)
      await new ForgetCodes().handle()
      assert.lengthOf(await WaitingCode.all(), 0)
    }
    assert.equal((await visitor.get(page)).location, '/article')
    assert.equal((await SignInAttempt.firstOrFail()).outcome, 'signed_in')
  })

  test('a look whose process ended is followed by another', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    await WaitingCode.query().update({ leaseUntil: sqlTime(now().plus({ seconds: 10 })) })
    assert.equal((await visitor.get(page)).status, 200)
    await WaitingCode.query().update({ leaseUntil: sqlTime(now()) })
    assert.equal((await visitor.get(page)).location, '/article')
  })

  test('a look that took too long leaves the code to the look that has it by now', async ({
    assert,
  }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider, 'wrong-secret-1')
    const leaseUntil = sqlTime(now().plus({ minutes: 1 }))
    world.server.beforeAnswer = async () => {
      world.server.beforeAnswer = null
      await WaitingCode.query().update({ leaseUntil })
    }
    assert.equal((await visitor.get(page)).location, page)
    assert.equal(sqlTime((await WaitingCode.firstOrFail()).leaseUntil!), leaseUntil)

    await paste(provider)
    assert.equal((await visitor.get(page)).status, 200)
    await WaitingCode.query().update({ leaseUntil: null })
    assert.equal((await visitor.get(page)).location, '/article')
  })

  test('a code that no key opens any more is not kept', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    await WaitingCode.query().update({ code: 'of another key' })
    assert.equal(failureOf(await visitor.get(page)).get('failure'), 'secret_unreadable')
    assert.isEmpty(await WaitingCode.all())
  })

  test('at most three other secrets are sent, however many are pasted', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    const calls = tokenCalls('kakao')
    for (const wrong of ['wrong-secret-1', 'wrong-secret-2']) {
      await paste(provider, wrong)
      assert.equal((await visitor.get(page)).location, page)
    }
    await paste(provider, 'wrong-secret-3')
    assert.equal(failureOf(await visitor.get(page)).get('failure'), 'secret_refused')
    assert.equal(tokenCalls('kakao'), calls + 3)
    assert.lengthOf(await WaitingCode.all(), 0)
  })

  test('who would rather not wait cancels, and keeps where they were going', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    const cancelled = await visitor.submit(await visitor.get(page), `${page}/cancel`)
    assert.equal(failureOf(cancelled).get('failure'), 'cancelled')
    assert.equal(failureOf(cancelled).get('next'), '/article')
    assert.lengthOf(await WaitingCode.all(), 0)
    await paste(provider)
    assert.include((await visitor.get(page)).location, 'failure=')
    assert.isFalse(await visitor.isSignedIn())
  })

  test('a provider that is switched off meanwhile lets nobody in', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    await paste(provider)
    const calls = tokenCalls('kakao')
    await provider.merge({ enabled: false }).save()
    const answer = await visitor.get(page)
    assert.equal(failureOf(answer).get('failure'), 'provider_off')
    assert.equal(failureOf(answer).get('next'), '/article')
    assert.equal(tokenCalls('kakao'), calls)
    assert.lengthOf(await WaitingCode.all(), 0)
  })

  test('the secret it began with is revoked meanwhile, or deleted', async ({ assert }) => {
    const provider = await atWork('kakao')
    const { visitor, page } = await wait('kakao')
    const first = await ProviderCredential.firstOrFail()
    await first.revoke()
    assert.equal((await visitor.get(page)).status, 200)
    await paste(provider)
    assert.equal((await visitor.get(page)).location, '/article')

    const other = new Visitor()
    await atWorkAgain(provider)
    issue('kakao', 'one-more-secret')
    const callback = await startAndConsent(world.server, other, 'kakao')
    const { location } = await other.get(callback)
    assert.include(location, '/waiting/')
    await SignInAttempt.query().whereNull('finishedAt').update({ credentialId: null })
    assert.equal(failureOf(await other.get(location)).get('failure'), 'credential_revoked')
  })

  /** What was pasted is in use. */
  async function atWorkAgain(provider: Provider) {
    const draft = await ProviderCredential.findByOrFail('status', 'draft')
    await draft.merge({ status: 'active', lastUsedAt: now() }).save()
    await provider.merge({ activeCredentialId: draft.id }).save()
  }

  test('connecting, consenting anew and being recognised wait as well', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const identity = await Identity.firstOrFail()
    const naver = await atWork('naver')

    const secrets = { kakao: 0, naver: 0 }
    async function through(of: Provider, fields: Record<string, string>) {
      const driver = of.key as DriverName
      const started = await press(visitor, driver, fields)
      const secret = `secret-of-${driver}-${++secrets[driver]}`
      const callback = await world.server.consent(started.location)
      issue(driver, secret)
      await ProviderCredential.query().update({ lastUsedAt: sqlTime(now()) })
      const { location } = await visitor.get(callback)
      assert.include(location, '/waiting/', JSON.stringify(fields))
      assert.equal((await visitor.get(location)).status, 200)
      await ProviderCredential.query().where('status', 'draft').delete()
      await paste(of, secret)
      return (await visitor.get(location)).location
    }

    assert.equal(await through(naver, { intent: 'link' }), '/account/sign_in_methods')
    assert.equal(
      await through(provider, { intent: 'reauthenticate', next: '/account/email' }),
      '/account/email'
    )
    const data = `/account/sign_in_methods/${identity.publicId}/data`
    const consent = { intent: 'reconsent', identity: identity.publicId, item: 'account_email' }
    assert.equal(await through(provider, consent), data)
    assert.lengthOf(await WaitingCode.all(), 0)
  })

  test('who was signed out in another place meanwhile connects nothing', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const naver = await atWork('naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const started = await press(visitor, 'naver', { intent: 'link' })
    const callback = await world.server.consent(started.location)
    issue('naver')
    const { location } = await visitor.get(callback)
    await UserSession.query().update({ revokedAt: sqlTime(now()) })
    await paste(naver)
    assert.include((await visitor.get(location)).location, 'failure=person_changed')
    assert.lengthOf(await Identity.all(), 1)
  })

  test('a trial tests one secret, and does not wait for another', async ({ assert }) => {
    const provider = await atWork('kakao')
    const admin = await signedInAs('admin')
    const credential = await ProviderCredential.firstOrFail()
    const callback = await tryAndConsent(world.server, admin, provider, credential)
    issue('kakao')
    assert.match((await admin.get(callback)).location, /^\/admin\/trials\//)
    assert.lengthOf(await WaitingCode.all(), 0)
    const trial = await SignInAttempt.findByOrFail('intent', 'trial')
    assert.equal(trial.failure, 'secret_refused')
  })

  test('a proof of an account waits as well', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const naver = await atWork('naver')
    const visitor = new Visitor()
    const started = await start(visitor, 'naver', { intent: 'prove' })
    const callback = await world.server.consent(started.location)
    issue('naver')
    const { location } = await visitor.get(callback)
    assert.include(location, '/naver/waiting/')
    await paste(naver)
    /* There is nothing to prove here, which is said where a proof is. */
    assert.match(
      (await visitor.get(location)).location,
      /^\/user\/login\/prove\?failure=proof_gone/
    )
    assert.lengthOf(await WaitingCode.all(), 0)
  })
})
