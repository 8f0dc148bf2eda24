import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SiteSetting from '#models/site_setting'
import User from '#models/user'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { letProofsAge } from '#tests/support/people/member'
import { aCredential, aProvider } from '#tests/support/providers'
import { setUp } from '#tests/support/people/second_factor'
import { t } from '#tests/support/texts'

const PAGE = '/admin/security'
const SWITCH = `${PAGE}/second_factor`

test.group('A second factor for all administrators', (group) => {
  group.each.setup(emptyDatabase)

  test('who has none is led to set one up before any admin page opens; the rest works', async ({
    assert,
  }) => {
    const boss = await signedInAs()
    await setUp(boss)
    const colleague = await signedInAs()
    const member = await signedInAs('member')
    assert.equal((await colleague.get('/admin/providers')).status, 200)

    const decided = await boss.submit(await boss.get(PAGE), SWITCH)
    assert.equal(decided.location, PAGE)
    const page = await boss.get(PAGE)
    assert.include(page.words, t('second_factor.admin.lacking', { count: 1 }))
    const without = page.rows.filter((row) => row.endsWith(t('second_factor.admin.off')))
    assert.lengthOf(without, 1)

    const provider = await aProvider()
    const form = await colleague.get('/account')
    for (const path of ['/admin', '/admin/providers', '/admin/mails', PAGE]) {
      assert.equal((await colleague.get(path)).location, '/account/second_factor', path)
    }
    const activation = `/admin/providers/${provider.publicId}/activation`
    const refused = await colleague.submit(form, activation)
    assert.equal(refused.location, '/account/second_factor')
    assert.isFalse((await Provider.findOrFail(provider.id)).enabled)
    await colleague.submit(form, `${SWITCH}/end`)
    assert.isTrue(await SiteSetting.read('requireSecondFactor'))
    const led = await colleague.get('/account/second_factor')
    assert.include(led.words, t('second_factor.required'))
    for (const path of ['/', '/article', '/article/create', '/account']) {
      assert.equal((await colleague.get(path)).status, 200, path)
    }
    assert.equal((await member.get('/admin')).status, 404)
    assert.equal((await member.get('/account/second_factor')).status, 200)

    await setUp(colleague)
    assert.equal((await colleague.get('/admin/providers')).status, 200)
    const { words, rows } = await boss.get(PAGE)
    assert.notInclude(words, t('second_factor.admin.lacking', { count: '' }))
    assert.isTrue(rows.every((row) => row.endsWith(t('second_factor.on'))))
  })

  test('only who has one may require it; anybody may end that; both are written down', async ({
    assert,
  }) => {
    const boss = await signedInAs()
    const page = await boss.get(PAGE)
    assert.notInclude(page.actions, SWITCH)
    await boss.submit(page, SWITCH)
    assert.isNotEmpty((await boss.get(PAGE)).alerts)
    assert.isFalse(await SiteSetting.read('requireSecondFactor'))
    assert.isEmpty(await AuditEntry.query().where('action', 'site.changed'))

    await setUp(boss)
    for (const path of [SWITCH, SWITCH, `${SWITCH}/end`, `${SWITCH}/end`]) {
      await boss.submit(await boss.get(PAGE), path)
    }
    const changes = await AuditEntry.query().where('action', 'site.changed').orderBy('id')
    assert.deepEqual(
      changes.map((entry) => entry.changes),
      [
        { requireSecondFactor: { before: false, after: true } },
        { requireSecondFactor: { before: true, after: false } },
      ]
    )
  })

  test('the page speaks English too', async ({ assert }) => {
    const boss = await signedInAs('admin', 'en')
    assert.include((await boss.get(PAGE)).words, t('second_factor.admin.heading', {}, 'en'))
  })
})

test.group('What administrators change wants a recent sign-in', (group) => {
  group.each.setup(emptyDatabase)

  test('the page with the form asks for it, and so does the form', async ({ assert }) => {
    const provider = await aProvider()
    const draft = await aCredential(provider, {
      clientId: 'first-client-id',
      clientSecret: 'second-secret-value',
      status: 'draft',
    })
    const admin = await signedInAs()
    const page = await admin.get('/admin/providers')
    await letProofsAge()

    const here = `/admin/providers/${provider.publicId}`
    for (const path of ['/admin/providers', here, '/admin/mails']) {
      assert.equal((await admin.get(path)).status, 200, path)
    }

    const forms = [
      '/admin/providers/create',
      `${here}/settings`,
      `${here}/credentials/create`,
      `/admin/credentials/${draft.publicId}/revocation`,
      PAGE,
    ]
    for (const path of forms) {
      const { location } = await admin.get(path)
      assert.equal(location, `/account/reauthenticate?next=${encodeURIComponent(path)}`)
    }
    for (const path of forms.slice(0, -1)) {
      const { location } = await admin.submit(page, path, { clientId: 'x', clientSecret: 'y' })
      const next = encodeURIComponent(path)
      assert.equal(location, `/account/reauthenticate?next=${next}&unchanged=1`)
    }
    /* A press on a page that is only for looking leads back to that page. */
    for (const path of [
      `${here}/activation`,
      `/admin/credentials/${draft.publicId}/activation`,
      SWITCH,
    ]) {
      const { location } = await admin.request(path, {
        method: 'POST',
        body: new URLSearchParams({ _csrf: page.csrf }),
        headers: { referer: new URL(here, page.url).href },
      })
      const next = encodeURIComponent(here)
      assert.equal(location, `/account/reauthenticate?next=${next}&unchanged=1`)
    }

    assert.lengthOf(await Provider.all(), 1)
    assert.isFalse((await Provider.findOrFail(provider.id)).enabled)
    const credentials = await ProviderCredential.query().orderBy('id')
    assert.deepEqual(
      credentials.map(({ status }) => status),
      ['active', 'draft']
    )
  })

  test('nor does a page elsewhere say where to go back to', async ({ assert }) => {
    const provider = await aProvider()
    const admin = await signedInAs()
    const page = await admin.get('/admin/providers')
    await letProofsAge()
    for (const referer of [
      'https://evil.example/admin/providers',
      `${new URL(page.url).origin}.evil.example/`,
      new URL('/no/such/page', page.url).href,
      'no address',
    ]) {
      const { location } = await admin.request(`/admin/providers/${provider.publicId}/activation`, {
        method: 'POST',
        body: new URLSearchParams({ _csrf: page.csrf }),
        headers: { referer },
      })
      assert.equal(location, '/account/reauthenticate?next=%2Fadmin&unchanged=1', referer)
    }
  })

  test('for an administrator with a second factor the password alone is not enough', async ({
    assert,
  }) => {
    const admin = await signedInAs()
    await setUp(admin)
    await letProofsAge()
    const { location } = await admin.get('/admin/providers/create')
    const page = await admin.get(location)
    const user = await User.firstOrFail()
    assert.isTrue(user.hasSecondFactor)
    const answer = await admin.submit(page, '/account/reauthenticate', {
      password: 'a long enough password',
      next: '/admin/providers/create',
    })
    assert.include(answer.location, '/account/reauthenticate/second_factor?')
    assert.equal((await admin.get('/admin/providers/create')).status, 303)
  })
})
