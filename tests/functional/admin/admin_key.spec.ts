import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { letProofsAge } from '#tests/support/people/member'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'

const [KEY, NEXT] = ['first-admin-key-0123', 'second-admin-key-4567']

test.group('The admin key', (group) => {
  let admin: Administrator
  let provider: Provider
  let path: string
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
    provider = await aProvider({ key: 'kakao', driver: 'kakao' })
    path = `/admin/providers/${provider.publicId}`
  })

  async function enter(adminKey: string) {
    const page = await admin.get(`${path}/admin_key`)
    const version = page.fieldValue('version')!
    return admin.submit(page, `${path}/admin_key`, { version, adminKey })
  }

  test('is entered, changed with the previous one kept, removed; shown never', async ({
    assert,
  }) => {
    const named = t('provider.settings.adminKey')
    assert.include((await admin.get(path)).words, `${named} ${t('provider.admin_key.not_set')}`)
    assert.equal((await enter(` ${KEY}\n`)).location, path)
    assert.include((await admin.get(path)).words, `${named} ${t('provider.admin_key.set')}`)
    await enter(NEXT)
    await provider.refresh()
    assert.deepEqual(provider.revealAdminKeys(), [NEXT, KEY])

    const row = await db.from('providers').firstOrFail()
    const entries = await AuditEntry.all()
    for (const key of [KEY, NEXT]) {
      assert.notInclude(JSON.stringify([row, entries]), key)
      assert.notInclude(admin.everythingSeen, key)
    }
    assert.notInclude(admin.everythingSeen, row.admin_key)
    assert.lengthOf(entries, 2)
    assert.deepEqual(entries[0].changes, { adminKey: 'changed' })

    const page = await admin.get(`${path}/admin_key`)
    const version = page.fieldValue('version')!
    await admin.submit(page, `${path}/admin_key/remove`, { version })
    await provider.refresh()
    assert.isEmpty(provider.revealAdminKeys())
    assert.lengthOf(await AuditEntry.all(), 3)
  })

  for (const [adminKey, rule] of [
    ['', 'required'],
    ['••••••••', 'masked'],
    ['two words', 'whitespace'],
  ]) {
    test(`“${adminKey}” is refused beside the field`, async ({ assert }) => {
      const refused = await enter(adminKey)
      assert.equal(refused.status, 422)
      assert.equal(refused.complaint('adminKey'), t(`admin.form.messages.${rule}`))
      await provider.refresh()
      assert.isNull(provider.adminKey)
    })
  }

  test('entered by two at once is the first one, and the second is told', async ({ assert }) => {
    const page = await admin.get(`${path}/admin_key`)
    const version = page.fieldValue('version')!
    await enter(KEY)
    const refused = await admin.submit(page, `${path}/admin_key`, { version, adminKey: NEXT })
    assert.equal(refused.status, 409)
    assert.equal(refused.alerts[0], t('provider.admin_key.stale'))
    const gone = await admin.submit(page, `${path}/admin_key/remove`, { version })
    assert.equal(gone.status, 409)
    await provider.refresh()
    assert.deepEqual(provider.revealAdminKeys(), [KEY])
  })

  test('wants a recent sign-in', async ({ assert }) => {
    const page = await admin.get(`${path}/admin_key`)
    await letProofsAge()
    for (const [action, fields] of [
      ['/admin_key', { adminKey: KEY }],
      ['/admin_key/remove', {}],
    ] as const) {
      const version = page.fieldValue('version')!
      const answer = await admin.submit(page, `${path}${action}`, { version, ...fields })
      assert.match(answer.location, /^\/account\/reauthenticate/)
    }
    assert.match((await admin.get(`${path}/admin_key`)).location, /^\/account\/reauthenticate/)
    await provider.refresh()
    assert.isNull(provider.adminKey)
  })

  test('is of Kakao alone, and not of the practice one', async ({ assert }) => {
    const naver = await aProvider({ key: 'naver' })
    const sandbox = await aProvider({ key: 'practice', driver: 'kakao', sandbox: true })
    for (const { publicId } of [naver, sandbox]) {
      const { words } = await admin.get(`/admin/providers/${publicId}`)
      assert.notInclude(words, t('provider.settings.adminKey'))
      assert.equal((await admin.get(`/admin/providers/${publicId}/admin_key`)).status, 404)
    }
    assert.isNull(await Provider.query().whereNotNull('adminKey').first())
  })
})
