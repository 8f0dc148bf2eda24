import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import { JOB } from '#audit/actor'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'
import { ActivateCredential } from '#actions/credentials/activate_credential'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { aCredential, aProvider } from '#tests/support/providers'
import { emptyDatabase } from '#tests/support/database'
import { t } from '#tests/support/texts'

const SECRET = 'Zq3-vErY.secret_7w'

async function someoneCameThrough(provider: Provider) {
  const user = await User.create({ name: '이회원' })
  await Identity.create({
    userId: user.id,
    providerId: provider.id,
    subject: 'subject-1',
    scopes: [],
    linkedAt: DateTime.utc(),
  })
}

test.group('Rotating keys', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('a new secret waits, is taken into use, and the old one retires', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const path = `/admin/providers/${provider.publicId}`
    const saved = await admin.fillIn(`${path}/credentials/create`, {
      clientId: 'first-client-id',
      clientSecret: SECRET,
      label: '재발급',
    })
    assert.equal(saved.status, 303)
    const draft = await ProviderCredential.findByOrFail('status', 'draft')
    assert.equal(draft.label, '재발급')
    await provider.refresh()
    assert.notEqual(provider.activeCredentialId, draft.id)

    const page = await admin.get(path)
    const done = await admin.press(path, `/admin/credentials/${draft.publicId}/activation`, {
      version: page.fieldValue('version')!,
    })
    assert.include(done.words, t('admin.notices.credential_activated'))
    await provider.refresh()
    await draft.refresh()
    const old = await ProviderCredential.findByOrFail('status', 'retiring')
    assert.equal(provider.activeCredentialId, draft.id)
    assert.equal(draft.status, 'active')
    assert.isNotNull(draft.activatedAt)
    assert.isNotNull(old.retiredAt)
    assert.equal(old.revealSecret(), 'first-secret-value')
    assert.notInclude(admin.everythingSeen, SECRET)
    assert.notInclude(admin.everythingSeen, 'first-secret-value')
  })

  test('a retiring key can come back; a revoked one cannot', async ({ assert }) => {
    const provider = await aProvider()
    const retiring = await aCredential(provider, { status: 'retiring' })
    const revoked = await aCredential(provider, { status: 'revoked' })
    const path = `/admin/providers/${provider.publicId}`
    const version = (await admin.get(path)).fieldValue('version')!

    const no = await admin.press(path, `/admin/credentials/${revoked.publicId}/activation`, {
      version,
    })
    assert.include(no.alerts[0], t('admin.problems.revoked'))
    await admin.press(path, `/admin/credentials/${retiring.publicId}/activation`, { version })
    await provider.refresh()
    assert.equal(provider.activeCredentialId, retiring.id)
  })

  test('the key in use is listed first, on every database', async ({ assert }) => {
    const provider = await aProvider({ clientId: 'in-use' })
    await aCredential(provider, { clientId: 'retiring', status: 'retiring' })
    await aCredential(provider, { clientId: 'older-draft' })
    await aCredential(provider, { clientId: 'newer-draft' })
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    const listed = page.wordsOf('th[scope=row] > code')
    assert.deepEqual(listed.slice(0, 4), ['in-use', 'newer-draft', 'older-draft', 'retiring'])
  })

  test('of two administrators who each take another key into use, one is told', async ({
    assert,
  }) => {
    const provider = await aProvider()
    const drafts = [await aCredential(provider), await aCredential(provider)]
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    const version = page.fieldValue('version')!

    const answers = []
    for (const draft of drafts) {
      const activation = `/admin/credentials/${draft.publicId}/activation`
      answers.push(await admin.submit(page, activation, { version }))
    }
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 409]
    )
    for (const [before, after] of [
      ['draft', 'active'],
      ['active', 'retiring'],
    ]) {
      const states = {
        before: t(`admin.credential_states.${before}`),
        after: t(`admin.credential_states.${after}`),
      }
      assert.include(answers[1].words, `${t('rotation.conflict.changed', states)} · 김관리 ·`)
    }
    await provider.refresh()
    assert.equal(provider.activeCredentialId, drafts[0].id)
  })

  test('raced, exactly one key is in use and one has retired, every time', async ({ assert }) => {
    for (let round = 0; round < 5; round++) {
      const provider = await aProvider({ key: `race-${round}` })
      const drafts = [await aCredential(provider), await aCredential(provider)]
      await provider.load('credentials')
      const outcomes = await Promise.all(
        drafts.map((draft) =>
          new ActivateCredential().handle(draft, {
            version: provider.keysVersion,
            actor: JOB,
          })
        )
      )
      assert.sameMembers(
        outcomes.map(({ kind }) => kind),
        ['activated', 'stale']
      )
      await provider.refresh()
      await provider.load('credentials')
      const inUse = provider.credentials.filter(({ status }) => status === 'active')
      assert.deepEqual(
        inUse.map(({ id }) => id),
        [provider.activeCredentialId]
      )
      assert.equal(provider.credentials.filter(({ status }) => status === 'retiring').length, 1)
    }
  })

  test('pressing the same button twice is no problem', async ({ assert }) => {
    const provider = await aProvider()
    const draft = await aCredential(provider)
    await provider.load('credentials')
    const outcomes = await Promise.all(
      [0, 1].map(() =>
        new ActivateCredential().handle(draft, {
          version: provider.keysVersion,
          actor: JOB,
        })
      )
    )
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['activated', 'activated']
    )
    assert.equal((await ProviderCredential.query().where('status', 'retiring')).length, 1)
  })

  test('Naver keys of another application are refused once people came through the first', async ({
    assert,
  }) => {
    const provider = await aProvider()
    await someoneCameThrough(provider)
    const path = `/admin/providers/${provider.publicId}`
    const page = await admin.fillIn(`${path}/credentials/create`, {
      clientId: 'another-client-id',
      clientSecret: SECRET,
    })
    assert.equal(page.status, 422)
    assert.equal(page.complaint('clientId'), t('admin.problems.another_application'))
    assert.notInclude(page.text, SECRET)

    const draft = await aCredential(provider, { clientId: 'another-client-id' })
    const pressed = await admin.press(path, `/admin/credentials/${draft.publicId}/activation`, {
      version: (await admin.get(path)).fieldValue('version')!,
    })
    assert.include(pressed.alerts[0], t('admin.problems.another_application'))
  })

  test('a client id other than the one learnt from Naver is refused', async ({ assert }) => {
    const provider = await aProvider()
    await provider.merge({ appRef: 'first-client-id' }).save()
    const page = await admin.fillIn(`/admin/providers/${provider.publicId}/credentials/create`, {
      clientId: 'another-client-id',
      clientSecret: SECRET,
    })
    assert.equal(page.status, 422)
  })

  test('a mistyped client id can be mended while nobody has come through it', async ({
    assert,
  }) => {
    const provider = await aProvider({ clientId: 'mistyped' })
    const path = `/admin/providers/${provider.publicId}`
    await admin.fillIn(`${path}/credentials/create`, {
      clientId: 'right-client-id',
      clientSecret: SECRET,
    })
    const draft = await ProviderCredential.findByOrFail('clientId', 'right-client-id')
    await admin.press(path, `/admin/credentials/${draft.publicId}/activation`, {
      version: (await admin.get(path)).fieldValue('version')!,
    })
    await provider.refresh()
    assert.equal(provider.activeCredentialId, draft.id)
  })

  test('Kakao may change its REST key, and do without a secret', async ({ assert }) => {
    const provider = await aProvider({ key: 'kakao', driver: 'kakao' })
    await someoneCameThrough(provider)
    const saved = await admin.fillIn(`/admin/providers/${provider.publicId}/credentials/create`, {
      clientId: 'another-rest-key',
      clientSecret: '',
      secretSwitchedOff: 'true',
    })
    assert.equal(saved.status, 303)
    const draft = await ProviderCredential.findByOrFail('clientId', 'another-rest-key')
    assert.equal(draft.revealSecret(), '')
    assert.equal(draft.secretLength, 0)
  })
})

test.group('Revoking keys', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('a retired key is revoked after a second question, and its secret wiped', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const retiring = await aCredential(provider, { status: 'retiring' })
    const path = `/admin/credentials/${retiring.publicId}/revocation`
    assert.include((await admin.get(path)).words, t('admin.revocation.warning'))
    assert.equal((await admin.fillIn(path, {})).status, 303)
    await retiring.refresh()
    assert.equal(retiring.status, 'revoked')
    assert.isNull(retiring.clientSecret)
    assert.isNotNull(retiring.revokedAt)
  })

  test('the key in use stays while the provider is on', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const active = await ProviderCredential.findOrFail(provider.activeCredentialId)
    await admin.fillIn(`/admin/credentials/${active.publicId}/revocation`, { switchOff: '' })
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    assert.include(page.alerts[0], t('admin.problems.in_use'))
    await active.refresh()
    assert.equal(active.status, 'active')
  })

  test('when it is off, the key in use may go, and it cannot be switched on', async ({
    assert,
  }) => {
    const provider = await aProvider()
    const active = await ProviderCredential.findOrFail(provider.activeCredentialId)
    await admin.fillIn(`/admin/credentials/${active.publicId}/revocation`, {})
    await provider.refresh()
    assert.isNull(provider.activeCredentialId)

    const path = `/admin/providers/${provider.publicId}`
    await admin.press(path, `${path}/activation`)
    await provider.refresh()
    assert.isFalse(provider.enabled)
  })
})
