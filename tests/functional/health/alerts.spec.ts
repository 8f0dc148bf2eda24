import { test } from '@japa/runner'
import { ActivateCredential } from '#actions/credentials/activate_credential'
import { JOB } from '#audit/actor'
import { providerAlerts } from '#health/alerts'
import { now, sqlTime } from '#time/clock'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { signedInAs } from '#tests/support/people/administrator'
import { faults } from '#tests/support/servers/provider_server'
import { aCredential } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { pastTrips } from '#tests/support/trips'
import { makeProvider, PATHS, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const minutesAgo = (minutes: number) => now().minus({ minutes })
const timeouts = { outcome: 'failed', failure: 'provider_timeout' } as const

/** Its keys are in use for a day, so that what is older than a minute counts. */
async function keysAreOld(provider: Provider) {
  await ProviderCredential.query()
    .where('providerId', provider.id)
    .update({ activatedAt: sqlTime(now().minus({ days: 1 })) })
}

test.group('The banner about a failing provider', (group) => {
  const world = withProviders(group)
  let kakao: Provider
  group.each.setup(async () => {
    kakao = await makeProvider(world.server, 'kakao')
    await keysAreOld(kakao)
  })

  test('is on every admin page, names the provider and why, and leads to its figures', async ({
    assert,
  }) => {
    world.server.kakao.reset()
    world.server.kakao.register({
      clientId: 'kakao-client-id',
      clientSecrets: ['another secret by now'],
      anyLoopbackRedirect: true,
    })
    for (let trip = 0; trip < 5; trip++) {
      const before = await (await signedInAs('admin')).get('/admin/providers')
      assert.notInclude(before.words, t('health.alert.failing', { label: kakao.label }))
      await signInWith(world.server, new Visitor(), 'kakao')
    }

    const admin = await signedInAs('admin')
    const { publicId } = kakao
    const pages = ['providers', 'mails', `providers/${publicId}`, `providers/${publicId}/settings`]
    for (const path of pages) {
      const page = await admin.get(`/admin/${path}`)
      assert.include(page.words, t('health.alert.failing', { label: kakao.label }))
      assert.include(page.words, t('health.alert.count_recent', { of: 5, failed: 5 }))
      const reason = t('health.reasons.secret_refused')
      assert.include(page.words, t('health.alert.reason', { reason }))
      assert.include(page.wordsOf('.diagnosis').join(), t('diagnoses.kakao.KOE010.what'))
      assert.include(page.links, `/admin/providers/${publicId}/health`)
    }
    const english = await signedInAs('admin', 'en')
    assert.include(
      (await english.get('/admin/mails')).words,
      t('health.alert.failing', { label: kakao.label }, 'en')
    )
  })

  test('is not for visitors or members', async ({ assert }) => {
    await pastTrips(kakao, { at: now(), ...timeouts, times: 9 })
    for (const visitor of [new Visitor(), await signedInAs('member')]) {
      for (const path of ['/', '/user/login', '/account']) {
        const { words } = await visitor.get(path)
        assert.notInclude(words, t('health.alert.failing', { label: kakao.label }))
      }
    }
  })

  test('does not come of people who cancel, are refused here, or of trials', async ({ assert }) => {
    const at = now()
    await pastTrips(
      kakao,
      { at, outcome: 'failed', failure: 'cancelled', times: 20 },
      { at, outcome: 'failed', failure: 'suspended', times: 20 },
      { at, outcome: 'failed', failure: 'response_malformed', times: 20 },
      { at, ...timeouts, intent: 'trial', times: 20 },
      { at, ...timeouts, times: 4 }
    )
    assert.isEmpty(await providerAlerts())
  })

  test('forgets what is over: a quarter of an hour later others count', async ({ assert }) => {
    await pastTrips(
      kakao,
      { at: minutesAgo(16), ...timeouts, times: 50 },
      { at: minutesAgo(2), outcome: 'signed_in', times: 5 }
    )
    assert.isEmpty(await providerAlerts())
  })

  test('comes of the last five where few people sign in, for three hours', async ({ assert }) => {
    await pastTrips(
      kakao,
      { at: minutesAgo(175), outcome: 'signed_in' },
      { at: minutesAgo(170), ...timeouts, times: 2 },
      { at: minutesAgo(100), ...timeouts, times: 2 },
      { at: minutesAgo(60), outcome: 'failed', failure: 'cancelled', times: 2 },
      { at: minutesAgo(20), ...timeouts }
    )
    const [alert] = await providerAlerts()
    assert.containSubset(alert.trouble, { kind: 'failing', span: 'latest', of: 5 })
    const admin = await signedInAs('admin')
    const { words } = await admin.get('/admin/mails')
    assert.include(words, t('health.alert.count_latest', { of: 5 }))

    assert.isEmpty(await providerAlerts(now().plus({ minutes: 11 })))
    await pastTrips(kakao, { at: minutesAgo(19), outcome: 'signed_in' })
    assert.isEmpty(await providerAlerts())
  })

  test('comes of a provider from which nobody returns', async ({ assert }) => {
    await pastTrips(kakao, { at: minutesAgo(12), times: 10 })
    const admin = await signedInAs('admin')
    const { words } = await admin.get('/admin/mails')
    assert.include(words, t('health.alert.silent', { label: kakao.label }))
    for (const code of ['KOE006', 'KOE101', 'KOE205']) assert.include(words, code)

    await pastTrips(kakao, { at: now(), outcome: 'failed', failure: 'cancelled' })
    assert.isEmpty(await providerAlerts())
  })

  test('says nothing of those who may still come back', async ({ assert }) => {
    await pastTrips(kakao, { at: minutesAgo(9), times: 30 })
    assert.isEmpty(await providerAlerts())
  })

  test('goes with new keys', async ({ assert }) => {
    await pastTrips(kakao, { at: minutesAgo(1), ...timeouts, times: 9 })
    assert.lengthOf(await providerAlerts(), 1)
    const fresh = await aCredential(kakao, { clientId: 'kakao-client-id' })
    await new ActivateCredential().handle(fresh, { actor: JOB })
    assert.isEmpty(await providerAlerts())
  })

  test('is about providers that are switched on', async ({ assert }) => {
    await pastTrips(kakao, { at: now(), ...timeouts, times: 9 })
    await kakao.merge({ enabled: false }).save()
    assert.isEmpty(await providerAlerts())
  })

  test('is each provider’s own', async ({ assert }) => {
    const naver = await makeProvider(world.server, 'naver', { label: '<b>네이버</b>' })
    await keysAreOld(naver)
    await pastTrips(kakao, { at: now(), outcome: 'signed_in', times: 30 })
    world.server.spoil(PATHS.naver.profile, faults.serverError, Number.POSITIVE_INFINITY)
    for (let trip = 0; trip < 5; trip++) await signInWith(world.server, new Visitor(), 'naver')

    const alerts = await providerAlerts()
    assert.deepEqual(
      alerts.map(({ provider, diagnoses }) => [provider.key, diagnoses[0].values.code]),
      [['naver', '503']]
    )
    const page = await (await signedInAs('admin')).get('/admin/mails')
    assert.notInclude(page.text, '<b>네이버')
  })
})
