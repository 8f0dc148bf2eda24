import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import OutgoingMail from '#models/outgoing_mail'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now } from '#time/clock'
import { EndRetirements } from '#jobs/end_retirements'
import { RemindOfSecrets } from '#jobs/remind_of_secrets'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aCredential, aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'

async function aRetiredKey(provider: Provider, hoursLeft: number) {
  const credential = await aCredential(provider, { status: 'retiring' })
  return credential.merge({ retireUntil: now().plus({ hours: hoursLeft }) }).save()
}

test.group('The end of a replaced key', (group) => {
  group.each.setup(emptyDatabase)

  test('comes by itself when its grace time is over, and wipes the secret', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const over = await aRetiredKey(provider, 0)
    const early = await aRetiredKey(provider, 1)
    assert.deepEqual(await new EndRetirements().handle(), { revoked: 1 })

    await over.refresh()
    assert.equal(over.status, 'revoked')
    assert.isNull(over.clientSecret)
    assert.isNull(over.retireUntil)
    assert.isNotNull(over.revokedAt)
    assert.equal((await early.refresh()).status, 'retiring')

    const [entry, ...others] = await AuditEntry.all()
    assert.isEmpty(others)
    assert.equal(entry.via, 'job')
    assert.equal(entry.action, 'credential.revoked')
    assert.equal(entry.subjectId, over.publicId)
    assert.isNull(entry.actorUserId)
    assert.deepEqual(await new EndRetirements().handle(), { revoked: 0 })
  })

  test('waits for who is still at the provider with it, but not for who gave up', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const credential = await aRetiredKey(provider, -1)
    const attempt = await SignInAttempt.create({
      intent: 'sign_in',
      providerId: provider.id,
      credentialId: credential.id,
      startedAt: now(),
      expiresAt: now().plus({ minutes: 5 }),
      steps: [],
    })
    assert.deepEqual(await new EndRetirements().handle(), { revoked: 0 })
    assert.equal((await credential.refresh()).status, 'retiring')

    await attempt.merge({ expiresAt: now() }).save()
    assert.deepEqual(await new EndRetirements().handle(), { revoked: 1 })
  })

  test('one that was rolled back to meanwhile stays', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const credential = await aRetiredKey(provider, -1)
    const admin = await signedInAs('admin')
    const path = `/admin/providers/${provider.publicId}/rotation`
    await Promise.all([
      admin.press(path, `/admin/credentials/${credential.publicId}/activation`),
      new EndRetirements().handle(),
    ])
    /* Whoever was first, the one in use has its secret. */
    await provider.refresh()
    const active = await ProviderCredential.findOrFail(provider.activeCredentialId)
    assert.equal(active.status, 'active')
    assert.isNotNull(active.clientSecret)
    const { status } = await credential.refresh()
    assert.equal(status, active.id === credential.id ? 'active' : 'revoked')
  })

  test('of several processes each key is ended by one', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    for (let key = 0; key < 3; key++) await aRetiredKey(provider, -1)
    const passes = await Promise.all([0, 1, 2].map(() => new EndRetirements().handle()))
    assert.equal(
      passes.reduce((sum, { revoked }) => sum + revoked, 0),
      3
    )
    assert.lengthOf(await AuditEntry.all(), 3)
  })
})

test.group('A secret that grows old', (group) => {
  group.each.setup(emptyDatabase)

  const age = (credential: ProviderCredential, days: number) =>
    credential.merge({ createdAt: now().minus({ days }) }).save()
  const activeOf = ({ activeCredentialId }: Provider) =>
    ProviderCredential.findOrFail(activeCredentialId)

  test('is said on its page, in the list, and once by mail to each administrator', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const admin = await signedInAs('admin')
    const english = await signedInAs('admin', 'en')
    const reader = await User.query().orderBy('id', 'desc').firstOrFail()
    await reader.merge({ locale: 'en' }).save()
    await User.create({ name: '주소 없음', role: 'admin' })
    await User.create({ name: '이회원', email: 'member@example.com' })
    await User.create({
      name: '정지',
      role: 'admin',
      email: 'gone@example.com',
      suspendedAt: now(),
    })

    await age(await activeOf(provider), 179)
    assert.deepEqual(await new RemindOfSecrets().handle(), { reminded: 0 })
    assert.notInclude((await admin.get('/admin/providers')).words, t('rotation.old_badge'))

    await age(await activeOf(provider), 181)
    assert.include((await admin.get('/admin/providers')).words, t('rotation.old_badge'))
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    assert.include(page.words, t('rotation.old', { age: '5개월 전' }))
    const { words } = await english.get('/admin/providers')
    assert.include(words, t('rotation.old_badge', {}, 'en'))

    const passes = await Promise.all([0, 1].map(() => new RemindOfSecrets().handle()))
    assert.equal(passes[0].reminded + passes[1].reminded, 1)
    assert.deepEqual(await new RemindOfSecrets().handle(), { reminded: 0 })
    const mails = await OutgoingMail.query().orderBy('id')
    assert.deepEqual(
      mails.map(({ template, locale }) => [template, locale]),
      [
        ['secret_old', 'ko'],
        ['secret_old', 'en'],
      ]
    )
    const data = mails[0].revealData() as { url: string; provider: string }
    assert.include(data.url, `/admin/providers/${provider.publicId}/rotation`)
    assert.equal(data.provider, provider.label)
  })

  test('is nobody’s concern where nobody signs in with it', async ({ assert }) => {
    await signedInAs('admin')
    const [off, sandbox, on] = [
      await aProvider({ key: 'off' }),
      await aProvider({ key: 'practice', sandbox: true, enabled: true }),
      await aProvider({ key: 'on', enabled: true }),
    ]
    for (const provider of [off, sandbox]) await age(await activeOf(provider), 400)
    await age(await aCredential(on), 400)
    await age(await aCredential(on, { status: 'retiring' }), 400)
    assert.deepEqual(await new RemindOfSecrets().handle(), { reminded: 0 })

    /* Kakao with the secret switched off has none that could be old. */
    const without = await activeOf(on)
    await without.merge({ clientSecret: null, secretLength: 0 }).save()
    await age(without, 400)
    assert.deepEqual(await new RemindOfSecrets().handle(), { reminded: 0 })
  })
})
