import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import Revocation from '#models/revocation'
import { EndLinks } from '#jobs/end_links'
import { now, sqlTime } from '#time/clock'
import { onceFound } from '#tests/support/meanwhile'
import { signedInAs } from '#tests/support/people/administrator'
import { faults } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/admin/revocations'
const work = () => new EndLinks().handle()

test.group('Admin: links not ended', (group) => {
  const world = withProviders(group)

  /** Somebody has left, and the provider did not answer. */
  async function stuck() {
    const provider = await makeProvider(world.server, 'kakao')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const identity = await Identity.firstOrFail()
    await visitor.submit(await visitor.get('/account/withdrawal'), '/account/withdrawal', {
      understood: 'true',
    })
    world.server.spoil('*', faults.serverError, Infinity)
    await work()
    world.server.mend()
    return { revocation: await Revocation.firstOrFail(), identity, provider }
  }

  test('what is stuck is listed with its reason, without a token, an address or an id', async ({
    assert,
  }) => {
    const { identity } = await stuck()
    const admin = await signedInAs('admin')
    const page = await admin.get(PAGE)
    assert.include(page.rows[0], t('revocations.causes.withdrawn'))
    assert.include(page.rows[0], `${t('revocations.reasons.provider_unavailable')} 503`)
    assert.include((await admin.get('/admin/mails')).links, PAGE)
    const { accessToken, refreshToken } = identity.revealTokens()
    for (const hidden of [accessToken!, refreshToken!, identity.subject, 'minjun@example.com']) {
      assert.notInclude(admin.everythingSeen, hidden)
    }
  })

  test('what has not been tried yet is not listed', async ({ assert }) => {
    const { revocation } = await stuck()
    await revocation.merge({ tries: 0 }).save()
    const admin = await signedInAs('admin')
    assert.include((await admin.get(PAGE)).words, t('revocations.none'))
  })

  test('tried again now, it works, and who wished it is written down', async ({ assert }) => {
    const { revocation, provider } = await stuck()
    const admin = await signedInAs('admin')
    assert.deepEqual(await work(), { ended: 0, dropped: 0, putOff: 0, givenUp: 0 })
    const page = await admin.press(PAGE, `${PAGE}/${revocation.publicId}/retry`)
    assert.include(page.words, t('revocations.retried'))
    assert.equal((await work()).ended, 1)
    assert.isFalse(world.server.kakao.isLinked('minjun', 'kakao-client-id'))

    const entry = await AuditEntry.query().where('action', 'revocation.retried').firstOrFail()
    assert.equal(entry.subjectId, revocation.publicId)
    assert.equal(entry.subjectLabel, provider.label)
    assert.isNotNull(entry.actorUserId)
  })

  test('one that was given up can be tried again', async ({ assert }) => {
    const { revocation } = await stuck()
    await revocation.merge({ createdAt: now().minus({ days: 7 }) }).save()
    await Revocation.query().update({ nextAt: sqlTime(now()) })
    world.server.spoil('*', faults.serverError, Infinity)
    assert.equal((await work()).givenUp, 1)
    const admin = await signedInAs('admin')
    assert.include((await admin.get(PAGE)).rows[0], t('revocations.given_up'))

    /* The person has been told already, and is not told again. */
    await admin.press(PAGE, `${PAGE}/${revocation.publicId}/retry`)
    assert.equal((await work()).givenUp, 1)
    assert.lengthOf(await OutgoingMail.query().where('template', 'link_remains'), 1)
    world.server.mend()
    await admin.press(PAGE, `${PAGE}/${revocation.publicId}/retry`)
    assert.equal((await work()).ended, 1)
  })

  test('dropped, it is gone with its tokens, and the person is told', async ({ assert }) => {
    const { revocation } = await stuck()
    const admin = await signedInAs('admin')
    const page = await admin.press(PAGE, `${PAGE}/${revocation.publicId}/drop`)
    assert.include(page.words, t('revocations.dropped'))
    assert.lengthOf(await Revocation.all(), 0)
    const letter = await OutgoingMail.query().where('template', 'link_remains').firstOrFail()
    assert.equal(letter.recipient, 'minjun@example.com')
    assert.lengthOf(await AuditEntry.query().where('action', 'revocation.dropped'), 1)

    const again = await admin.submit(page, `${PAGE}/${revocation.publicId}/drop`)
    assert.equal(again.status, 404)
    assert.lengthOf(await AuditEntry.query().where('action', 'revocation.dropped'), 1)
  })

  for (const verb of ['retry', 'drop']) {
    test(`one that has just ended is called ended, and no ${verb} is written down`, async ({
      assert,
    }) => {
      const { revocation } = await stuck()
      const admin = await signedInAs('admin')
      await admin.get(PAGE)
      onceFound(Revocation, () => Revocation.query().delete())
      const page = await admin.press(PAGE, `${PAGE}/${revocation.publicId}/${verb}`)
      assert.include(page.words, t('revocations.gone'))
      assert.isEmpty(await AuditEntry.query().where('action', 'like', 'revocation.%'))
      assert.isEmpty(await OutgoingMail.query().where('template', 'link_remains'))
    })
  }

  test('to anybody else it does not exist', async ({ assert }) => {
    const { revocation } = await stuck()
    const member = await signedInAs('member')
    const page = await member.get('/account')
    assert.equal((await member.get(PAGE)).status, 404)
    for (const verb of ['retry', 'drop']) {
      const address = `${PAGE}/${revocation.publicId}/${verb}`
      assert.equal((await member.submit(page, address)).status, 404)
    }
    assert.lengthOf(await Revocation.all(), 1)
  })

  test('in English as well', async ({ assert }) => {
    await stuck()
    const admin = await signedInAs('admin', 'en')
    const page = await admin.get(PAGE)
    assert.include(page.words, t('revocations.title', {}, 'en'))
    assert.include(page.words, t('revocations.reasons.provider_unavailable', {}, 'en'))
  })
})
