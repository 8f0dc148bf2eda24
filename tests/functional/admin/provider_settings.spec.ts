import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import { appUrl } from '#config/app'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { type Page, Visitor } from '#tests/support/visitor'

const SETTINGS = {
  'label': 'naver',
  'requiredFields[]': 'email',
  'emailPolicy': 'never',
  'allowSignUp': 'true',
  'syncProfile': 'always',
  'scopes': '',
}

/** How a page says that a setting has changed. */
const change = (field: string, before: string, now: string) =>
  [
    t(`provider.settings.${field}`),
    t('provider.overtaken.before'),
    before,
    '→',
    t('provider.overtaken.now'),
    now,
  ].join(' ')

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
    const [told] = refused.alerts
    assert.include(told, t('provider.overtaken.title'))
    assert.include(told, change('label', 'naver', '먼저'))
    assert.include(told, t('provider.overtaken.by', { name: '김관리' }))
    const policies = ['never', 'trusted'].map((policy) => t(`admin.email_policies.${policy}`))
    assert.include(told, change('emailPolicy', policies[0], policies[1]))
    assert.include(told, `${t('provider.overtaken.mine')} 나중`)
    assert.notInclude(told, t('provider.settings.syncProfile'))

    /* One's own label and choice; theirs where nothing had been typed. */
    assert.equal(refused.fieldValue('label'), '나중')
    assert.equal(refused.fieldValue('scopes'), 'friends')
    assert.isTrue(refused.has('[name=emailPolicy][value=trusted][checked]'))
    assert.isTrue(refused.has('[name=syncProfile] [value=first][selected]'))
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
    assert.include(refused.alerts[0], change('hidden', t('admin.show.no'), t('admin.show.yes')))
    for (const name of ['김관리', t('provider.overtaken.somebody')]) {
      assert.notInclude(refused.alerts[0], t('provider.overtaken.by', { name }))
    }
    assert.isTrue(refused.has('[name=hidden][value=true][checked]'))
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

  const [ofNaver, ofKakao] = ['naver', 'kakao'].map((driver) => `common.social.${driver}`)
  const buttons = (page: Page) => page.wordsOf('button.social-button')

  test('is the sign-in page, drawn by the same component, with nothing to press', async ({
    assert,
  }) => {
    const naver = await aProvider({ enabled: true })
    await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    await aProvider({ key: 'off', driver: 'kakao' })
    const page = await admin.get(`/admin/providers/${naver.publicId}`)
    const visitors = await new Visitor().get('/user/login')
    assert.deepEqual(buttons(page), buttons(visitors))
    assert.deepEqual(buttons(page), [t(ofNaver), t(ofKakao)])
    assert.isTrue(visitors.has('form .social-button'))
    assert.isFalse(page.has('form .social-button'))
    assert.lengthOf(page.wordsOf('[inert] .social-button'), 2)
    assert.deepEqual(buttons(await admin.get('/admin/providers')), buttons(visitors))
  })

  test('shows what is typed and not saved', async ({ assert }) => {
    await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    const second = await aProvider({ key: 'second', driver: 'kakao' })
    const path = `/admin/providers/${second.publicId}/preview`
    const typed = await admin.get(`${path}?label=${encodeURIComponent('직원 <b>')}&hidden=false`)
    assert.deepEqual(buttons(typed), [`${t(ofKakao)} (kakao)`, `${t(ofKakao)} (직원 <b>)`])
    assert.include(typed.words, t('provider.preview.off'))
    assert.isFalse(typed.has('html'))

    const hidden = await admin.get(`${path}?label=x&hidden=true`)
    assert.deepEqual(buttons(hidden), [t(ofKakao)])
    assert.include(hidden.words, `${appUrl}/user/login?with=second`)
    await second.refresh()
    assert.equal(second.label, 'second')
  })

  test('of a form that is shown again is of that form', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    await provider.merge({ hidden: true }).save()
    const path = `/admin/providers/${provider.publicId}/settings`
    assert.isEmpty(buttons(await admin.get(path)))
    const refused = await admin.fillIn(path, { ...SETTINGS, label: ' ' })
    assert.equal(refused.status, 422)
    assert.deepEqual(buttons(refused), [t(ofNaver)])
  })

  test('is for administrators alone', async ({ assert }) => {
    const { publicId } = await aProvider()
    const member = await signedInAs('member')
    assert.equal((await member.get(`/admin/providers/${publicId}/preview`)).status, 404)
  })
})
