import { test } from '@japa/runner'
import { now } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aCredential, aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { pastTrips } from '#tests/support/trips'

/** What came of trips, as the page puts it. */
const endings = (counts: Record<string, string>) =>
  Object.entries(counts)
    .map(([ending, count]) => `${t(`health.endings.${ending}`)} ${count}`)
    .join(' ')

test.group('The health page of a provider', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('shows what trips came to, why they failed, and by key', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const old = await aCredential(provider, { clientId: 'old-client-id', status: 'retiring' })
    const at = now()
    await pastTrips(
      provider,
      { at, outcome: 'signed_in', times: 1_200 },
      { at, outcome: 'failed', failure: 'provider_timeout', times: 30 },
      { at, outcome: 'failed', failure: 'missing_fields', times: 10 },
      { at, outcome: 'failed', failure: 'cancelled', times: 7 },
      { at: at.minus({ minutes: 11 }), times: 5, credentialId: old.id }
    )
    for (const period of ['hour', 'day', 'month']) {
      const page = await admin.get(`/admin/providers/${provider.publicId}/health?period=${period}`)
      assert.equal(page.status, 200)
      assert.include(
        page.words,
        endings({
          started: '1,252',
          finished: '1,200 96%',
          failed: '40 3%',
          given_up: '5 0%',
          cancelled: '7 1%',
        })
      )
      for (const row of [
        `${t('health.reasons.provider_timeout')} ${t('health.doings.provider')} 30 75%`,
        `${t('health.reasons.missing_fields')} ${t('health.doings.visitor')} 10 25%`,
        `old-client-id …ue ${t('admin.credential_states.retiring')} 5 0 0 5 0`,
        `first-client-id …ue ${t('admin.credential_states.active')} 1,247 1,200 40 0 7`,
      ]) {
        assert.include(page.rows, row)
      }
      assert.isTrue(page.has(`[href$="period=${period}"][aria-current=page]`))
      assert.isFalse(page.has('[style]'))
    }
  })

  test('the chart has a name, and a table says the same', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await pastTrips(provider, { at: now(), outcome: 'signed_in', times: 3 })
    const english = await signedInAs('admin', 'en')
    const page = await english.get(`/admin/providers/${provider.publicId}/health?period=hour`)
    assert.isTrue(page.has('svg[role=img][aria-labelledby=health-chart-title]'))
    const period = t('health.periods.hour', {}, 'en')
    assert.deepEqual(page.wordsOf('#health-chart-title'), [
      t('health.chart.title', { label: 'naver', period }, 'en'),
    ])
    const said = t('health.chart.as_table', {}, 'en')
    const table = `[aria-label="${said}"] table`
    assert.include(page.wordsOf('details summary'), said)
    assert.lengthOf(page.wordsOf(`${table} tr`), 13)
    const last = page.wordsOf(`${table} tbody tr:last-child th`)[0]
    const none = { failed: 0, given_up: 0, cancelled: 0 }
    assert.include(
      page.wordsOf('svg title').at(-1),
      t('health.chart.bucket', { time: last, started: 3, finished: 3, ...none }, 'en')
    )
  })

  test('says so where nobody came, and where nobody can', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const path = `/admin/providers/${provider.publicId}/health`
    const quiet = await admin.get(path)
    assert.include(quiet.words, t('health.none'))
    assert.notInclude(quiet.words, t('health.none_off'))
    assert.isFalse(quiet.has('svg[class^=chart]'))

    await provider.merge({ enabled: false }).save()
    assert.include((await admin.get(path)).words, t('health.none_off'))
  })

  test('an address with nonsense for a period shows the day', async ({ assert }) => {
    const provider = await aProvider()
    for (const query of ['?period=year', '?period[]=hour', '?period[a]=1', '?period=%00']) {
      const page = await admin.get(`/admin/providers/${provider.publicId}/health${query}`)
      assert.equal(page.status, 200)
      assert.isTrue(page.has('[href$="period=day"][aria-current=page]'))
    }
  })

  test('markup in names stays text, in the picture too', async ({ assert }) => {
    const evil = `</title><script>alert(1)</script>"'>`
    const provider = await aProvider({ enabled: true })
    await provider.merge({ label: evil }).save()
    const credential = await aCredential(provider, { status: 'retiring' })
    await credential.merge({ label: evil, clientId: evil }).save()
    await pastTrips(
      provider,
      { at: now(), outcome: 'failed', failure: 'secret_refused', times: 9 },
      { at: now(), outcome: 'failed', failure: evil.slice(0, 40), credentialId: credential.id }
    )
    for (const path of ['', `/${provider.publicId}`, `/${provider.publicId}/health`]) {
      const { text } = await admin.get(`/admin/providers${path}`)
      assert.notInclude(text, '<script>alert')
      assert.include(text, '&lt;script&gt;')
    }
  })

  test('the list and the page of the provider say how the last day was', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await aProvider({ key: 'quiet' })
    await pastTrips(
      provider,
      { at: now(), outcome: 'signed_in', times: 120 },
      { at: now(), outcome: 'failed', failure: 'cancelled', times: 11 },
      { at: now().minus({ hours: 25 }), outcome: 'signed_in' }
    )
    const list = await admin.get('/admin/providers')
    assert.include(list.words, t('health.summary.of', { started: 131, finished: 120 }))
    assert.include(list.words, t('health.summary.nobody'))
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    assert.include(page.words, endings({ started: '131', finished: '120 92%' }))
    assert.include(page.links, `/admin/providers/${provider.publicId}/health`)
  })

  test('does not exist for members, nor for a provider that does not', async ({ assert }) => {
    const { publicId } = await aProvider()
    const member = await signedInAs('member')
    assert.equal((await member.get(`/admin/providers/${publicId}/health`)).status, 404)
    assert.equal((await admin.get('/admin/providers/AAAAAAAAAAAAAAAAAAAAAA/health')).status, 404)
  })
})
