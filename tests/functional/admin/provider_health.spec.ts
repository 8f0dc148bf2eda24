import { test } from '@japa/runner'
import { now } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aCredential, aProvider } from '#tests/support/providers'
import { pastTrips } from '#tests/support/trips'

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
      const { status, words, text } = await admin.get(
        `/admin/providers/${provider.publicId}/health?period=${period}`
      )
      assert.equal(status, 200)
      assert.match(words, /시작 1,252 완료 1,200 96% 실패 40 3% 돌아오지 않음 5 0% 취소 7 1%/)
      assert.match(words, /제공자의 응답 시간 초과 제공자 30 75%/)
      assert.match(words, /필수 정보에 동의하지 않음 방문자 10 25%/)
      assert.match(words, /old-client-id …ue 교체됨 5 0 0 5 0/)
      assert.match(words, /first-client-id …ue 사용 중 1,247 1,200 40 0 7/)
      assert.include(text, `period=${period}" aria-current="page"`)
      assert.notMatch(text, /\sstyle=/)
    }
  })

  test('the chart has a name, and a table says the same', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await pastTrips(provider, { at: now(), outcome: 'signed_in', times: 3 })
    const english = await signedInAs('admin', 'en')
    const { text } = await english.get(`/admin/providers/${provider.publicId}/health?period=hour`)
    assert.match(text, /<svg[^>]* role="img" aria-labelledby="health-chart-title"/)
    assert.match(text, /<title id="health-chart-title">Bar chart of how attempts [^<]*naver/)
    const table = text.slice(text.indexOf('Show as a table'))
    const rows = table.slice(0, table.indexOf('</table>')).match(/<tr>/g)
    assert.lengthOf(rows ?? [], 13)
    assert.include(text, 'started 3, finished 3')
  })

  test('says so where nobody came, and where nobody can', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const path = `/admin/providers/${provider.publicId}/health`
    const quiet = await admin.get(path)
    assert.include(quiet.words, '이 기간에는 이 제공자로 로그인한 사람이 없습니다')
    assert.notInclude(quiet.words, '꺼져 있거나')
    assert.notInclude(quiet.text, '<svg class="chart')

    await provider.merge({ enabled: false }).save()
    assert.include((await admin.get(path)).words, '제공자가 꺼져 있거나')
  })

  test('an address with nonsense for a period shows the day', async ({ assert }) => {
    const provider = await aProvider()
    for (const query of ['?period=year', '?period[]=hour', '?period[a]=1', '?period=%00']) {
      const page = await admin.get(`/admin/providers/${provider.publicId}/health${query}`)
      assert.equal(page.status, 200)
      assert.include(page.text, 'period=day" aria-current="page"')
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
    assert.include(list.words, '131건 중 120건 완료')
    assert.include(list.words, '시도 없음')
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    assert.include(page.words, '시작 131 완료 120 92%')
    assert.include(page.text, `href="/admin/providers/${provider.publicId}/health"`)
  })

  test('does not exist for members, nor for a provider that does not', async ({ assert }) => {
    const { publicId } = await aProvider()
    const member = await signedInAs('member')
    assert.equal((await member.get(`/admin/providers/${publicId}/health`)).status, 404)
    assert.equal((await admin.get('/admin/providers/AAAAAAAAAAAAAAAAAAAAAA/health')).status, 404)
  })
})
