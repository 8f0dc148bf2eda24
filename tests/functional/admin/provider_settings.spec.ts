import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import { appUrl } from '#config/app'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { Visitor } from '#tests/support/visitor'

const SETTINGS = {
  'label': 'naver',
  'requiredFields[]': 'email',
  'emailPolicy': 'never',
  'allowSignUp': 'true',
  'syncProfile': 'always',
  'scopes': '',
}

test.group('Two administrators at the settings of one provider', (group) => {
  let mine: Administrator
  let theirs: Administrator
  let provider: Provider
  let path: string
  group.each.setup(async () => {
    await emptyDatabase()
    mine = await signedInAs('admin')
    theirs = await signedInAs('admin')
    provider = await aProvider({ driver: 'kakao' })
    await provider.merge({ requiredFields: ['email'] }).save()
    path = `/admin/providers/${provider.publicId}/settings`
  })

  test('the second is told what changed, by whom, and keeps what was typed', async ({ assert }) => {
    const form = await mine.get(path)
    const version = form.fieldValue('version')!
    await theirs.fillIn(path, {
      ...SETTINGS,
      version,
      label: '먼저',
      scopes: 'friends',
      emailPolicy: 'trusted',
    })

    const refused = await mine.submit(form, path, {
      ...SETTINGS,
      version,
      label: '나중',
      syncProfile: 'first',
    })
    assert.equal(refused.status, 409)
    assert.include(refused.alerts[0], '그사이 다른 관리자가 설정을 바꿔서')
    const { words } = refused
    assert.include(words, '이름 이전 값: naver → 지금 값: 먼저')
    assert.include(words, '김관리 님이 바꿨습니다')
    assert.include(words, '이메일 신뢰 기준 이전 값: 믿지 않음 → 지금 값: 항상 믿음')
    assert.include(words, '이 값으로 바뀝니다: 나중')
    assert.notInclude(words, '이름 갱신 이전 값')

    /* One's own label and choice; theirs where nothing had been typed. */
    assert.equal(refused.fieldValue('label'), '나중')
    assert.equal(refused.fieldValue('scopes'), 'friends')
    assert.match(refused.text, /value="trusted" checked/)
    assert.match(refused.text, /value="first" selected/)
    assert.containSubset((await Provider.findOrFail(provider.id)).settings, {
      label: '먼저',
      syncProfile: 'always',
    })
  })

  test('and may then save over it, knowingly', async ({ assert }) => {
    const form = await mine.get(path)
    const version = form.fieldValue('version')!
    await theirs.fillIn(path, { ...SETTINGS, version, label: '먼저' })
    const refused = await mine.submit(form, path, { ...SETTINGS, version, label: '나중' })

    const stillOld = await mine.submit(refused, path, { ...SETTINGS, version, label: '나중' })
    assert.equal(stillOld.status, 409)
    const fresh = refused.fieldValue('version')!
    assert.notEqual(fresh, version)
    const saved = await mine.submit(refused, path, { ...SETTINGS, version: fresh, label: '나중' })
    assert.equal(saved.status, 303)
    assert.equal((await Provider.findOrFail(provider.id)).label, '나중')
    assert.deepEqual((await AuditEntry.query().orderBy('id', 'desc').firstOrFail()).changes, {
      label: { before: '먼저', after: '나중' },
    })
  })

  test('a change that nobody wrote down is told of without a name', async ({ assert }) => {
    const form = await mine.get(path)
    await provider.merge({ hidden: true }).save()
    const version = form.fieldValue('version')!
    const refused = await mine.submit(form, path, { ...SETTINGS, version })
    assert.include(refused.words, '로그인 버튼 숨기기 이전 값: 아니요 → 지금 값: 예')
    assert.notInclude(refused.words, '님이 바꿨습니다')
    assert.match(refused.text, /name="hidden" value="true" checked/)
  })

  for (const version of [
    '',
    'nonsense',
    Buffer.from('null').toString('base64url'),
    Buffer.from('{"label":"<b>x</b>"}').toString('base64url'),
    Buffer.from('[[[').toString('base64url'),
  ]) {
    test(`a version nobody was shown (${version || 'none'}) saves nothing`, async ({ assert }) => {
      const form = await mine.get(path)
      const refused = await mine.submit(form, path, { ...SETTINGS, version, label: '나중' })
      assert.equal(refused.status, 409)
      assert.equal(refused.fieldValue('label'), 'naver')
      assert.notInclude(refused.text, '<b>x</b>')
    })
  }

  test('moving it in the list does not overtake the settings', async ({ assert }) => {
    const form = await mine.get(path)
    await provider.merge({ position: 9 }).save()
    const version = form.fieldValue('version')!
    assert.equal((await mine.submit(form, path, { ...SETTINGS, version })).status, 303)
  })
})

test.group('The preview of the buttons', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  const buttons = (html: string) =>
    [...html.matchAll(/<button class="social-button social-button--(\w+)"[^]*?<\/button>/g)].map(
      ([button]) => button.replace(/<[^>]+>/g, '').trim()
    )

  test('is the sign-in page, drawn by the same component, with nothing to press', async ({
    assert,
  }) => {
    const naver = await aProvider({ enabled: true })
    await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    await aProvider({ key: 'off', driver: 'kakao' })
    const page = await admin.get(`/admin/providers/${naver.publicId}`)
    const visitors = await new Visitor().get('/user/login')
    assert.deepEqual(buttons(page.text), buttons(visitors.text))
    assert.deepEqual(buttons(page.text), ['네이버 로그인', '카카오 로그인'])
    assert.notInclude(page.text, 'action="/user/login/social')
    assert.match(page.text, /inert/)
    assert.deepEqual(buttons((await admin.get('/admin/providers')).text), buttons(visitors.text))
  })

  test('shows what is typed and not saved', async ({ assert }) => {
    await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    const second = await aProvider({ key: 'second', driver: 'kakao' })
    const path = `/admin/providers/${second.publicId}/preview`
    const typed = await admin.get(`${path}?label=${encodeURIComponent('직원 <b>')}&hidden=false`)
    assert.deepEqual(buttons(typed.text), [
      '카카오 로그인 (kakao)',
      '카카오 로그인 (직원 &lt;b&gt;)',
    ])
    assert.include(typed.words, '켜면 이렇게 보입니다')
    assert.notInclude(typed.text, '<html')

    const hidden = await admin.get(`${path}?label=x&hidden=true`)
    assert.deepEqual(buttons(hidden.text), ['카카오 로그인'])
    assert.include(hidden.text, `${appUrl}/user/login?with=second`)
    await second.refresh()
    assert.equal(second.label, 'second')
  })

  test('of a form that is shown again is of that form', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await provider.merge({ hidden: true }).save()
    const path = `/admin/providers/${provider.publicId}/settings`
    assert.isEmpty(buttons((await admin.get(path)).text))
    const refused = await admin.fillIn(path, { ...SETTINGS, label: ' ' })
    assert.equal(refused.status, 422)
    assert.deepEqual(buttons(refused.text), ['네이버 로그인'])
  })

  test('is for administrators alone', async ({ assert }) => {
    const { publicId } = await aProvider()
    const member = await signedInAs('member')
    assert.equal((await member.get(`/admin/providers/${publicId}/preview`)).status, 404)
  })
})
