import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import type Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import { now } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'

test.group('Notices of ended links, for administrators', (group) => {
  let provider: Provider
  let path: string

  group.each.setup(async () => {
    await emptyDatabase()
    provider = await aProvider({ enabled: true })
    path = `/admin/providers/${provider.publicId}/notices`
  })

  const received = (fields: Partial<ReceivedNotice>) =>
    ReceivedNotice.create({
      providerId: provider.id,
      subject: '<b>subject</b>',
      event: 'unlinked',
      byRetiring: true,
      happenedAt: now(),
      receivedAt: now(),
      ...fields,
    })

  for (const language of ['ko', 'en'] as const) {
    test(`${language}: what came, what became of it, and what was held up`, async ({ assert }) => {
      const results = [
        'unlinked',
        'unlinked_before',
        'linked_since',
        'nobody',
        'too_old',
        'not_ours',
      ]
      for (const result of results) await received({ result, handledAt: now() })
      await received({})
      const admin = await signedInAs('admin', language)
      const before = await admin.get(path)
      assert.equal(before.status, 200)
      assert.include(before.words, '/webhooks/naver/unlinked')
      assert.include(before.words, '<b>subject')
      assert.isEmpty(before.alerts)

      for (const consequence of ['suspended', 'withdrawal', 'held']) await received({ consequence })
      const after = await admin.get(path)
      const held = t('notices.consequences.held', {}, language)
      assert.lengthOf(
        after.rows.filter((row) => row.endsWith(held)),
        1
      )
      assert.include(after.statuses.join(), t('notices.held', {}, language))
    })
  }

  test('what else happens is chosen here, and audited', async ({ assert }) => {
    const admin = await signedInAs()
    await admin.fillIn(path, { onUnlink: 'suspend', version: 'nothing' })
    await provider.refresh()
    assert.equal(provider.onUnlink, 'suspend')
    const entry = await AuditEntry.query().where('action', 'provider.changed').firstOrFail()
    assert.deepEqual(entry.changes, { onUnlink: { before: 'nothing', after: 'suspend' } })
  })

  test('who is second is told, and nothing is overwritten', async ({ assert }) => {
    const admin = await signedInAs()
    await provider.merge({ onUnlink: 'withdraw' }).save()
    const answer = await admin.fillIn(path, { onUnlink: 'suspend', version: 'nothing' })
    assert.equal(answer.status, 409)
    const present = t('notices.on_unlink.withdraw')
    assert.include(answer.alerts[0], t('notices.stale', { present }))
    await provider.refresh()
    assert.equal(provider.onUnlink, 'withdraw')
    assert.equal(
      (await admin.fillIn(path, { onUnlink: 'delete', version: 'withdraw' })).status,
      422
    )
  })

  test('of a practice provider it leads to where people disconnect; of a real one it does not', async ({
    assert,
  }) => {
    const admin = await signedInAs()
    const practised = (links: string[]) => links.filter((link) => link.endsWith('/services'))
    assert.isEmpty(practised((await admin.get(path)).links))
    const practice = await aProvider({ key: 'practice', driver: 'kakao', sandbox: true })
    const page = await admin.get(`/admin/providers/${practice.publicId}/notices`)
    const [href] = practised(page.links)
    assert.include(
      await (await fetch(href)).text(),
      t('sandbox.services_title', { provider: t('sandbox.kakao') })
    )
  })

  test('it does not exist for members', async ({ assert }) => {
    const member = await signedInAs('member')
    assert.equal((await member.get(path)).status, 404)
  })
})
