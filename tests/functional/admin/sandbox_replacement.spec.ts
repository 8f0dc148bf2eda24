import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import Identity from '#models/identity'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { t } from '#tests/support/texts'
import type { Page } from '#tests/support/visitor'
import { aProvider } from '#tests/support/providers'
import { emptyDatabase } from '#tests/support/database'

const SECRET = 'Zq3-vErY.secret_7w'

async function personThrough(
  providers: Provider[],
  attributes: Partial<Pick<User, 'name' | 'password' | 'role'>>
) {
  const user = await User.create({ name: '연습', ...attributes })
  for (const provider of providers) {
    await Identity.create({
      userId: user.id,
      providerId: provider.id,
      subject: `subject-${user.id}`,
      scopes: [],
      linkedAt: DateTime.utc(),
    })
  }
  return user
}

/** Presses the button under the numbers of what goes. */
const agree = (admin: Administrator, asked: Page, path: string) =>
  admin.submit(asked, path, asked.hiddenFields(path))

test.group('Real keys in place of the sandbox', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('a real provider of the same key takes the place of the sandbox one and its people', async ({
    assert,
  }) => {
    const sandbox = await aProvider({ key: 'kakao', driver: 'kakao', enabled: true, sandbox: true })
    await sandbox.merge({ position: 5 }).save()
    const other = await aProvider({ key: 'naver' })
    const onlySandbox = await personThrough([sandbox], {})
    const withPassword = await personThrough([sandbox], { password: 'long enough words' })
    const withAnother = await personThrough([sandbox, other], {})
    const administrator = await personThrough([sandbox], { role: 'admin' })
    await SignInAttempt.create({
      intent: 'sign_in',
      providerId: sandbox.id,
      credentialId: sandbox.activeCredentialId,
      startedAt: DateTime.utc(),
      expiresAt: DateTime.utc(),
      steps: [],
    })

    const asked = await admin.fillIn('/admin/providers/create', {
      driver: 'kakao',
      clientId: 'real-rest-key',
      clientSecret: SECRET,
    })
    const losses = { members: 1, identities: 4, attempts: 1, keys: 1 }
    assert.include(asked.words, t('admin.losses', losses))
    assert.notInclude(asked.text, SECRET)
    assert.isNotNull(await Provider.find(sandbox.id))
    assert.isNotNull(await User.find(onlySandbox.id))

    const saved = await agree(admin, asked, '/admin/providers/create')
    assert.equal(saved.status, 303)
    assert.include((await admin.get(saved.location)).words, t('admin.lost', losses))

    const real = await Provider.findByOrFail('key', 'kakao')
    assert.isFalse(real.sandbox)
    assert.isFalse(real.enabled)
    assert.equal(real.position, 5)
    assert.isNull(await Provider.find(sandbox.id))
    assert.isNull(await User.find(onlySandbox.id))
    for (const user of [withPassword, withAnother, administrator]) {
      assert.isNotNull(await User.find(user.id))
    }
    assert.equal((await Identity.all()).length, 1)
    assert.equal(
      (await db.from('sign_in_attempts').where('intent', 'sign_in').whereNotNull('provider_id'))
        .length,
      0
    )
  })

  test('keys entered on a sandbox provider replace it', async ({ assert }) => {
    const sandbox = await aProvider({ key: 'my-naver', enabled: true, sandbox: true })
    const path = `/admin/providers/${sandbox.publicId}`
    assert.include((await admin.get(path)).words, t('admin.show.sandbox'))
    const asked = await admin.fillIn(`${path}/credentials/create`, {
      clientId: 'real-id',
      clientSecret: SECRET,
    })
    const losses = { members: 0, identities: 0, attempts: 0, keys: 1 }
    assert.include(asked.words, t('admin.losses', losses))
    assert.isNotNull(await Provider.find(sandbox.id))
    const saved = await agree(admin, asked, `${path}/credentials/create`)
    const real = await Provider.findByOrFail('key', 'my-naver')
    assert.equal(saved.location, `/admin/providers/${real.publicId}`)
    assert.notEqual(real.publicId, sandbox.publicId)
    assert.isFalse(real.sandbox)
    assert.equal(real.driver, 'naver')
    assert.isNotNull(real.activeCredentialId)
    const { words } = await admin.get(saved.location)
    assert.include(words, t('admin.notices.sandbox_replaced'))
  })

  test('the blank form makes nothing and deletes nothing', async ({ assert }) => {
    const sandbox = await aProvider({ key: 'kakao', driver: 'kakao', enabled: true, sandbox: true })
    const blank = await admin.fillIn('/admin/providers/create', { driver: '', clientId: '' })
    assert.equal(blank.status, 422)
    for (const field of ['driver', 'clientId']) {
      assert.equal(blank.complaint(field), t(`admin.form.messages.${field}.required`))
    }
    assert.isTrue(blank.has('[name=driver] [value=""][selected]'))
    assert.isNotNull(await Provider.find(sandbox.id))
    assert.lengthOf(await Provider.all(), 1)
  })

  test('who came meanwhile is not deleted by what was agreed to before', async ({ assert }) => {
    const sandbox = await aProvider({ enabled: true, sandbox: true })
    const fields = { driver: 'naver', clientId: 'real-id', clientSecret: SECRET }
    const asked = await admin.fillIn('/admin/providers/create', fields)
    const person = await personThrough([sandbox], {})

    const again = await agree(admin, asked, '/admin/providers/create')
    const losses = { members: 1, identities: 1, attempts: 0, keys: 1 }
    assert.include(again.words, t('admin.losses', losses))
    assert.isNotNull(await User.find(person.id))
    assert.equal((await agree(admin, again, '/admin/providers/create')).status, 303)
    assert.isNull(await User.find(person.id))
  })

  test("another administrator's agreement is none", async ({ assert }) => {
    const sandbox = await aProvider({ enabled: true, sandbox: true })
    const fields = { driver: 'naver', clientId: 'real-id', clientSecret: SECRET }
    const asked = await admin.fillIn('/admin/providers/create', fields)
    const other = await signedInAs('admin')
    const form = await other.get('/admin/providers/create')
    const path = '/admin/providers/create'
    assert.equal((await other.submit(form, path, asked.hiddenFields(path))).status, 422)
    assert.isNotNull(await Provider.find(sandbox.id))
  })
})
