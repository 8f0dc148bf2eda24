import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { appUrl } from '#config/app'
import { EndLinks } from '#jobs/end_links'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { faults } from '#tests/support/servers/provider_server'
import { rawRequest } from '#tests/support/raw_request'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('A Kakao app with automatic linking off', (group) => {
  const world = withProviders(group)
  let kakao: Provider
  group.each.setup(async () => {
    kakao = await makeProvider(world.server, 'kakao')
    kakao.keepAdminKey('the-admin-key')
    await kakao.save()
    world.server.kakao.appOf('kakao-client-id')!.adminKey = 'the-admin-key'
  })

  for (const language of ['ko', 'en'] as const) {
    test(`a sign-in shows it in its steps, and what to do (${language})`, async ({ assert }) => {
      world.server.kakao.appOf('kakao-client-id')!.linksAutomatically = false
      const visitor = new Visitor()
      assert.equal((await signInWith(world.server, visitor, 'kakao')).location, '/')
      const attempt = await SignInAttempt.firstOrFail()
      assert.equal(attempt.warning, 'sign_up_incomplete')
      assert.equal(attempt.steps.find(({ name }) => name === 'profile')?.result, 'ok')

      const admin = await signedInAs('admin', language)
      const { words } = await admin.get(`/admin/sign_ins/${attempt.publicId}`)
      assert.include(words, t('sign_ins.warnings.sign_up_incomplete', {}, language))
      assert.include(words, t('diagnoses.kakao.sign_up_incomplete.what', {}, language))
      const guide = await admin.get(`/admin/providers/${kakao.publicId}`)
      assert.isTrue(guide.has('[action$="/steps/automatic_link"]'))
      assert.include(guide.words, t('guide.steps.kakao.automatic_link.text', {}, language))
    })
  }

  test('a developer can have it on the page of the simulator', async ({ assert }) => {
    await signInWith(world.server, new Visitor(), 'kakao', { mishap: 'not_signed_up' })
    assert.equal((await SignInAttempt.firstOrFail()).warning, 'sign_up_incomplete')
  })

  test('an ordinary sign-in shows nothing of the kind', async ({ assert }) => {
    await signInWith(world.server, new Visitor(), 'kakao')
    const attempt = await SignInAttempt.firstOrFail()
    assert.isNull(attempt.warning)
    const admin = await signedInAs('admin')
    const { words } = await admin.get(`/admin/sign_ins/${attempt.publicId}`)
    assert.notInclude(words, 'has_signed_up')
  })

  for (const [notice, heard] of [
    ['incomplete', 200],
    ['incomplete_event', 202],
  ] as const) {
    test(`a day later the link ends and nobody is punished for it (${notice})`, async ({
      assert,
    }) => {
      await kakao.merge({ onUnlink: 'suspend' }).save()
      const visitor = new Visitor()
      await signInWith(world.server, visitor, 'kakao')
      await Identity.query().update({ linkedAt: sqlTime(now().minus({ days: 1 })) })
      const told = { person: '김민준', app: 'kakao-client-id', status: heard }
      assert.equal(
        await world.server.disconnect('kakao', { notice }),
        t('sandbox.disconnected_accepted', told)
      )

      const row = await ReceivedNotice.firstOrFail()
      assert.equal(row.reason, 'sign_up_incomplete')
      assert.equal(row.result, 'unlinked')
      assert.isNull(row.consequence)
      assert.isFalse(await visitor.isSignedIn())
      assert.isNull((await User.firstOrFail()).suspendedAt)

      for (const language of ['ko', 'en'] as const) {
        const admin = await signedInAs('admin', language)
        const { words } = await admin.get(`/admin/providers/${kakao.publicId}/notices`)
        assert.include(words, 'INCOMPLETE_SIGN_UP')
        assert.include(words, t('diagnoses.kakao.sign_up_incomplete.what', {}, language))
      }
    })
  }

  test('an answer to a call of our own is no event: it counts towards no flood', async ({
    assert,
  }) => {
    await kakao.merge({ onUnlink: 'suspend' }).save()
    await ReceivedNotice.createMany(
      Array.from({ length: 101 }, (_, index) => ({
        providerId: kakao.id,
        subject: String(index + 1),
        event: 'unlinked' as const,
        reason: 'by_service' as const,
        byRetiring: false,
        happenedAt: DateTime.utc(),
        receivedAt: now(),
        handledAt: now(),
        result: 'our_own',
      }))
    )
    assert.isFalse(await ReceivedNotice.isFlooding(kakao.id))
    await ReceivedNotice.query().update({ result: 'nobody' })
    assert.isTrue(await ReceivedNotice.isFlooding(kakao.id))
  })
})

test.group("Kakao's answer to an ending of our own", (group) => {
  const world = withProviders(group)

  test('is no event, about somebody who is nobody here', async ({ assert }) => {
    await makeProvider(world.server, 'kakao', { allowSignUp: false })
    await signInWith(world.server, new Visitor(), 'kakao')
    const subject = world.server.kakao.subjectOf('minjun', 'kakao-client-id')
    assert.equal((await new EndLinks().handle()).ended, 1)

    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const key = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }
    world.server.spoil('/.well-known/jwks.json', faults.json({ keys: [key] }), Infinity)
    const type = 'https://schemas.openid.net/secevent/oauth/event-type/user-unlinked'
    const token = await new SignJWT({
      jti: 'one',
      sub: subject,
      events: { [type]: { reason: 'UNLINK_FROM_SERVICE' } },
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'own', typ: 'secevent+jwt' })
      .setIssuer('https://kauth.kakao.com')
      .setAudience('kakao-client-id')
      .setIssuedAt()
      .sign(privateKey)
    const { status } = await rawRequest(appUrl, {
      method: 'POST',
      path: '/webhooks/kakao/unlinked',
      headers: { 'content-type': 'application/secevent+jwt' },
      body: token,
    })
    assert.equal(status, 202)
    assert.equal((await ReceivedNotice.firstOrFail()).result, 'our_own')
    assert.lengthOf(await User.all(), 0)
  })
})
