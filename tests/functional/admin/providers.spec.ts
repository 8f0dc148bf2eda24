import { test } from '@japa/runner'
import KeyCheck from '#models/key_check'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import { DRIVERS } from '#protocol/drivers'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { aProvider } from '#tests/support/providers'
import { emptyDatabase } from '#tests/support/database'
import { t } from '#tests/support/texts'

const SECRET = 'Zq3-vErY.secret_7w'

const KEYS = { clientId: 'naver-id', clientSecret: SECRET }

const SETTINGS = {
  'label': '네이버',
  'requiredFields[]': 'email',
  'emailPolicy': 'never',
  'allowSignUp': 'true',
  'syncProfile': 'always',
  'scopes': '',
}

test.group('Adding a provider', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('keys that come with it are in use at once; it stays off until switched on', async ({
    assert,
  }) => {
    const saved = await admin.fillIn('/admin/providers/create', {
      driver: 'kakao',
      label: '',
      key: '',
      clientId: '  kakao-rest-key ',
      clientSecret: ` ${SECRET}\n`,
    })
    assert.equal(saved.status, 303)
    const provider = await Provider.findByOrFail('key', 'kakao')
    assert.equal(saved.location, `/admin/providers/${provider.publicId}`)
    assert.containSubset(provider.toJSON(), {
      label: DRIVERS.kakao.defaults.label,
      enabled: false,
      sandbox: false,
      emailPolicy: 'provider_says',
      requiredFields: ['email', 'name'],
      scopes: [],
    })

    const page = await admin.get(saved.location)
    assert.include(page.words, t('admin.notices.created'))
    assert.include(page.words, `${appUrl}/user/login/social/kakao/callback/`)
    assert.include(page.words, 'kakao-rest-key')
    assert.include(page.words, `${t('admin.secret.trace', { length: SECRET.length })} …7w`)

    const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
    assert.equal(credential.status, 'active')
    assert.equal(credential.clientId, 'kakao-rest-key')
    assert.equal(credential.revealSecret(), SECRET)
    assert.isNotNull(credential.createdBy)
  })

  test('the secret is encrypted at rest and in nothing that is ever sent', async ({ assert }) => {
    const wrong = await admin.fillIn('/admin/providers/create', {
      driver: 'naver',
      key: 'NOT A KEY',
      clientId: 'naver-id',
      clientSecret: SECRET,
    })
    assert.equal(wrong.status, 422)
    await admin.fillIn('/admin/providers/create', {
      driver: 'naver',
      clientId: 'naver-id',
      clientSecret: SECRET,
    })
    const provider = await Provider.findByOrFail('key', 'naver')
    for (const path of ['', '/settings', '/credentials/create']) {
      await admin.get(`/admin/providers/${provider.publicId}${path}`)
    }
    await admin.get('/admin/providers')

    const row = await db.from('provider_credentials').firstOrFail()
    assert.notInclude(JSON.stringify(row), SECRET)
    assert.notInclude(admin.everythingSeen, SECRET)
    assert.notInclude(admin.everythingSeen, row.client_secret)
  })

  test('a key that is taken is refused beside its field', async ({ assert }) => {
    await aProvider({ key: 'naver' })
    const page = await admin.fillIn('/admin/providers/create', {
      ...KEYS,
      driver: 'naver',
      label: '둘째',
    })
    assert.equal(page.status, 422)
    assert.equal(page.complaint('key'), t('admin.problems.key_taken', { key: 'naver' }))
    assert.equal(page.fieldValue('label'), '둘째')
  })

  test('two administrators who add the same key at once get one provider', async ({ assert }) => {
    /* Two first pages at once would each get a form token, and one cookie holds one. */
    await admin.get('/admin/providers')
    const pages = await Promise.all(
      [0, 1].map(() => admin.fillIn('/admin/providers/create', { ...KEYS, driver: 'naver' }))
    )
    assert.sameMembers(
      pages.map(({ status }) => status),
      [303, 422]
    )
    assert.equal((await Provider.all()).length, 1)
  })

  for (const [what, fields, field, rule] of [
    ['an unknown service', { driver: 'nope' }, 'driver', 'enum'],
    ['a key with capitals', { key: 'Naver' }, 'key', 'key.regex'],
    ['a key that ends with a hyphen', { key: 'naver-' }, 'key', 'key.regex'],
    ['a client id with a space', { clientId: 'abc def' }, 'clientId', 'clientId.regex'],
    ['a client id with a bell', { clientId: 'abc\u0007' }, 'clientId', 'clientId.regex'],
    ['a masked secret', { clientSecret: '••••••••' }, 'clientSecret', 'masked'],
    ['a secret of asterisks', { clientSecret: '**********' }, 'clientSecret', 'masked'],
    ['a secret of two lines', { clientSecret: 'abc\ndef' }, 'clientSecret', 'whitespace'],
    ['a secret with a space inside', { clientSecret: 'abc def' }, 'clientSecret', 'whitespace'],
    ['a secret in Hangul', { clientSecret: '시크릿' }, 'clientSecret', 'ascii'],
    ['no secret for Naver', { clientSecret: '' }, 'clientSecret', 'clientSecret.required'],
    ['a secret without a client id', { clientId: '' }, 'clientId', 'clientId.required'],
  ] as const) {
    test(`${what} is refused beside its field, in Korean`, async ({ assert }) => {
      const page = await admin.fillIn('/admin/providers/create', {
        driver: 'naver',
        clientId: 'naver-id',
        clientSecret: SECRET,
        ...fields,
      })
      assert.equal(page.status, 422)
      assert.include(page.alerts[0], t('admin.problems.form'))
      assert.equal(page.complaint(field), t(`admin.form.messages.${rule}`))
      assert.notInclude(page.text, SECRET)
      assert.isNull(await Provider.first())
    })
  }

  test('the complaints are in English for those who read English', async ({ assert }) => {
    const english = await signedInAs('admin', 'en')
    const page = await english.fillIn('/admin/providers/create', {
      driver: 'naver',
      clientId: 'naver-id',
      clientSecret: '••••••••',
    })
    assert.equal(page.complaint('clientSecret'), t('admin.form.messages.masked', {}, 'en'))
  })
})

test.group('Changing a provider', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('its settings change', async ({ assert }) => {
    const { id, publicId } = await aProvider({ driver: 'kakao' })
    const path = `/admin/providers/${publicId}/settings`
    const form = await admin.get(path)
    const saved = await admin.submit(form, path, {
      ...SETTINGS,
      version: form.fieldValue('version')!,
      emailPolicy: 'trusted',
      scopes: 'profile_nickname, account_email',
      hidden: 'true',
    })
    assert.equal(saved.status, 303)
    assert.deepEqual((await Provider.findOrFail(id)).settings, {
      label: '네이버',
      hidden: true,
      scopes: ['profile_nickname', 'account_email'],
      requiredFields: ['email'],
      emailPolicy: 'trusted',
      allowSignUp: true,
      syncProfile: 'always',
      hideWhenFailing: false,
    })
  })

  test('boxes that are not ticked are off', async ({ assert }) => {
    const { id, publicId } = await aProvider()
    const path = `/admin/providers/${publicId}/settings`
    const form = await admin.get(path)
    const { label, emailPolicy, syncProfile } = SETTINGS
    const version = form.fieldValue('version')!
    await admin.submit(form, path, { version, label, emailPolicy, syncProfile })
    const provider = await Provider.findOrFail(id)
    assert.deepEqual(provider.requiredFields, [])
    assert.isFalse(provider.allowSignUp)
  })

  test('two forms sent at once: one is saved, one refused', async ({ assert }) => {
    const { publicId } = await aProvider()
    const path = `/admin/providers/${publicId}/settings`
    const form = await admin.get(path)
    const version = form.fieldValue('version')!
    const pages = await Promise.all(
      ['하나', '둘'].map((label) => admin.submit(form, path, { ...SETTINGS, version, label }))
    )
    assert.sameMembers(
      pages.map(({ status }) => status),
      [303, 409]
    )
  })

  test('a consent item that Kakao is not known to have is asked about first', async ({
    assert,
  }) => {
    const { id, publicId } = await aProvider({ driver: 'kakao', clientId: 'kakao-id' })
    const path = `/admin/providers/${publicId}/settings`
    const form = await admin.get(path)
    const version = form.fieldValue('version')!
    const scopes = 'account_email email profile_nickname'
    const asked = await admin.submit(form, path, { ...SETTINGS, version, scopes })
    assert.equal(asked.status, 422)
    const known = DRIVERS.kakao.scopes.join(', ')
    assert.equal(
      asked.complaint('scopes'),
      t('admin.form.messages.scopes.unknown', { unknown: 'email', known })
    )
    assert.equal(asked.fieldValue('scopes'), scopes)
    assert.deepEqual((await Provider.findOrFail(id)).scopes, [])

    const saved = await admin.submit(asked, path, {
      ...SETTINGS,
      version,
      scopes,
      scopesChecked: 'true',
    })
    assert.equal(saved.status, 303)
    assert.include((await admin.get(saved.location)).words, t('admin.notices.scopes_changed'))
    assert.deepEqual((await Provider.findOrFail(id)).scopes, scopes.split(' '))

    /* It was said once: other settings are not held up over it. */
    const again = await admin.get(path)
    const other = { ...SETTINGS, version: again.fieldValue('version')!, scopes, label: '다른 이름' }
    assert.equal((await admin.submit(again, path, other)).status, 303)
  })

  test('Naver is sent no scopes, whoever says that it knows them', async ({ assert }) => {
    const { publicId } = await aProvider()
    const path = `/admin/providers/${publicId}/settings`
    const form = await admin.get(path)
    const version = form.fieldValue('version')!
    const sayings: Record<string, string>[] = [{}, { scopesChecked: 'true' }]
    for (const said of sayings) {
      const fields = { ...SETTINGS, version, scopes: 'email', ...said }
      const refused = await admin.submit(form, path, fields)
      assert.equal(refused.status, 422)
      assert.equal(refused.complaint('scopes'), t('admin.form.messages.scopes.none_taken'))
      assert.isFalse(refused.has('[name=scopesChecked]'))
    }
  })

  for (const [what, fields, field, rule] of [
    ['an empty label', { label: ' ' }, 'label', 'label.required'],
    ['an unknown policy', { emailPolicy: 'always' }, 'emailPolicy', 'enum'],
    [
      'a scope with a quote',
      { scopes: 'a b"c', scopesChecked: 'true' },
      'scopes',
      'scopes.*.regex',
    ],
  ] as const) {
    test(`${what} is refused beside its field, and what was typed stays`, async ({ assert }) => {
      const { publicId } = await aProvider({ driver: 'kakao' })
      const path = `/admin/providers/${publicId}/settings`
      const form = await admin.get(path)
      const version = form.fieldValue('version')!
      const page = await admin.submit(form, path, {
        ...SETTINGS,
        version,
        label: '새 이름',
        ...fields,
      })
      assert.equal(page.status, 422)
      assert.equal(page.complaint(field), t(`admin.form.messages.${rule}`))
      assert.equal(page.fieldValue('version'), version)
      if (field !== 'label') assert.equal(page.fieldValue('label'), '새 이름')
    })
  }

  test('a SECRETS_KEY that opens nothing is said on the pages', async ({ assert, cleanup }) => {
    const { publicId } = await aProvider()
    const before = await KeyCheck.find('secrets')
    cleanup(async () => {
      await KeyCheck.query().where('name', 'secrets').delete()
      if (before) await KeyCheck.create({ name: 'secrets', sealed: before.sealed })
    })
    await KeyCheck.updateOrCreate({ name: 'secrets' }, { sealed: 'sealed by another key' })
    for (const path of ['', `/${publicId}`]) {
      const page = await admin.get(`/admin/providers${path}`)
      assert.include(page.alerts[0], t('admin.problems.secrets_key'))
    }
  })

  test('markup in a label is shown as text', async ({ assert }) => {
    const provider = await aProvider()
    await provider.merge({ label: `"'><script>alert(1)</script>` }).save()
    for (const path of ['', `/${provider.publicId}`, `/${provider.publicId}/settings`]) {
      assert.notInclude((await admin.get(`/admin/providers${path}`)).text, '><script>alert')
    }
  })
})

test.group('Switching a provider on and off', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('a button on, a button off', async ({ assert }) => {
    const { id, publicId } = await aProvider()
    const path = `/admin/providers/${publicId}`

    const on = await admin.press(path, `${path}/activation`)
    assert.include(on.words, t('admin.notices.enabled'))
    assert.isTrue((await Provider.findOrFail(id)).enabled)

    const off = await admin.press(path, `${path}/activation/end`)
    assert.include(off.words, t('admin.notices.disabled'))
    assert.isFalse((await Provider.findOrFail(id)).enabled)
  })

  test('without keys in use it stays off, and the page says what to do', async ({ assert }) => {
    const provider = await aProvider()
    const { id, publicId } = await provider.merge({ activeCredentialId: null }).save()
    const path = `/admin/providers/${publicId}`
    const page = await admin.press(path, `${path}/activation`)
    assert.include(page.alerts[0], t('admin.problems.no_active_credential'))
    assert.isFalse((await Provider.findOrFail(id)).enabled)
  })
})
