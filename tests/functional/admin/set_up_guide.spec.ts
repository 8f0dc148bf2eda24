import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import AuditEntry from '#models/audit_entry'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SetUpTick from '#models/set_up_tick'
import { DRIVERS } from '#protocol/drivers'
import { NaverDriver } from '#protocol/drivers/naver'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { aProvider } from '#tests/support/providers'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const page = ({ publicId }: Provider) => `/admin/providers/${publicId}`

test.group('The set-up guide', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
  })

  for (const driver of ['kakao', 'naver']) {
    for (const language of ['ko', 'en']) {
      test(`of ${driver} in ${language} has the addresses to register and every step`, async ({
        assert,
      }) => {
        const provider = await aProvider({ key: `my-${driver}`, driver })
        const reader = await signedInAs('admin', language)
        const { text } = await reader.get(page(provider))
        assert.include(text, `>${appUrl}/user/login/social/my-${driver}/callback/<`)
        assert.include(text, `>${appUrl}/webhooks/my-${driver}/unlinked<`)
        assert.equal(text.includes(`>${appUrl}</textarea>`), driver === 'naver')
        for (const { name } of DRIVERS[driver].console!.steps) {
          assert.include(text, `action="${page(provider)}/steps/${name}"`)
        }
        assert.include(text, `href="${DRIVERS[driver].console!.url}"`)
        assert.match(text, /<details open/)
      })
    }
  }

  test('checks by itself what it can', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', key: 'kakao' })
    await provider.merge({ scopes: ['friends'], emailPolicy: 'trusted' }).save()
    const { words } = await admin.get(page(provider))
    for (const finding of [
      '이상 없음: 개발용 주소를 쓰고 있습니다',
      '이상 없음: 방문자가 여는 주소와 APP_URL이 같습니다',
      '이상 없음: 키가 등록되어 있습니다',
      '주의: 어드민 키가 없습니다',
      '주의: 요청하는 동의 항목이 모두 콘솔에 있어야 합니다',
      '주의: 이메일을 항상 믿도록 되어 있습니다',
      '할 일: 꺼져 있습니다',
      '할 일: 아직 성공한 로그인이 없습니다',
    ]) {
      assert.include(words, finding)
    }
  })

  test('tells keys that are missing, without a secret or unreadable', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', key: 'kakao' })
    const credential = await ProviderCredential.firstOrFail()
    await credential.merge({ clientSecret: 'sealed by nobody' }).save()
    assert.include(
      (await admin.get(page(provider))).words,
      '문제: 저장된 시크릿을 읽을 수 없습니다'
    )
    await credential.merge({ clientSecret: null }).save()
    assert.include((await admin.get(page(provider))).words, '주의: 클라이언트 시크릿 없이')
    await provider.merge({ activeCredentialId: null }).save()
    assert.include((await admin.get(page(provider))).words, '할 일: 사용 중인 키가 없습니다')
  })

  test('tells when the page was reached otherwise than APP_URL says', async ({ assert }) => {
    const provider = await aProvider()
    const { port } = new URL(appUrl)
    const seen = `http://127.0.0.1:${port}`
    const elsewhere = await admin.get(`${seen}${page(provider)}?canonical=1`)
    assert.include(elsewhere.words, `주의: 접속한 주소가 APP_URL과 다릅니다 이 화면은 ${seen}`)

    const proxied = await admin.get(page(provider), {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'login.example.com',
    })
    assert.include(proxied.words, '이상 없음: 방문자가 여는 주소와')
    const both = await admin.get(`${seen}${page(provider)}?canonical=1`, {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'login.example.com',
    })
    assert.include(both.words, '주의: 프록시가 알려 주는 주소를 믿지 않고 있습니다')
    assert.notInclude(both.text, 'login.example.com')
  })

  test('has a step ticked off, remembers by whom, and takes it back', async ({ assert }) => {
    const provider = await aProvider()
    const path = page(provider)
    const done = await admin.press(path, `${path}/steps/review`)
    assert.include(done.words, '김관리 님이 마쳤다고 표시했습니다')
    await admin.press(path, `${path}/steps/review`)
    assert.lengthOf(await SetUpTick.all(), 1)

    await admin.press(path, `${path}/steps/review/undo`)
    assert.isEmpty(await SetUpTick.all())
    assert.deepEqual(
      (await AuditEntry.query().orderBy('id')).map(({ changes }) => changes),
      [{ review: { before: false, after: true } }, { review: { before: true, after: false } }]
    )
    for (const step of ['login_on', 'nothing', '..%2f']) {
      const answer = await admin.submit(done, `${path}/steps/${step}`)
      assert.equal(answer.status, 404, step)
    }
    assert.isEmpty(await SetUpTick.all())
  })

  test('is folded away once a sign-in has shown that it works and the rest is ticked', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'naver', { requiredFields: [] })
    await signInWith(world.server, new Visitor(), 'naver')
    const after = await admin.get(page(provider))
    assert.include(after.words, '이상 없음: 로그인에 성공한 적이 있습니다')
    assert.match(after.text, /<details open/)
    for (const { name } of NaverDriver.console.steps) {
      await admin.submit(after, `${page(provider)}/steps/${name}`)
    }
    const folded = await admin.get(page(provider))
    assert.include(folded.words, '모두 마쳤습니다')
    assert.notMatch(folded.text, /<details open/)
  })

  test('takes a sign-in that succeeded as proof of what it needs', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const before = await admin.get(page(provider))
    assert.include(before.words, '할 일: Redirect URI를 등록합니다')
    await signInWith(world.server, new Visitor(), 'kakao')
    const after = await admin.get(page(provider))
    assert.include(after.words, '이상 없음: Redirect URI를 등록합니다')
    assert.include(after.words, '할 일: 비즈 앱으로 전환합니다')
  })

  test('asks for a business app only where e-mail is required', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', key: 'kakao' })
    await provider.merge({ requiredFields: ['name'] }).save()
    assert.notInclude((await admin.get(page(provider))).text, 'steps/business_app')
  })

  test('has nothing to register for a practice provider', async ({ assert }) => {
    const provider = await aProvider({ sandbox: true })
    const { text } = await admin.get(page(provider))
    assert.notInclude(text, '/steps/')
    assert.include(text, '/callback/')
  })
})
