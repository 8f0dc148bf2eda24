import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import ReceivedNotice from '#models/received_notice'
import User from '#models/user'
import { RevokeCredential } from '#actions/revoke_credential'
import { WorkOffNotices } from '#jobs/work_off_notices'
import { JOB } from '#audit/actor'
import { now, sqlTime } from '#models/clock'
import { readNaverNotice } from '#social/notices/naver'
import { rawRequest } from '#tests/support/raw_request'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/* Computed from the documented algorithm (protocol.md A.8). */
const VECTOR = {
  clientId: 'testClientId',
  encryptUniqueId: 'AAECAwQFBgcICQoLDA0OD6Qr-ETUwzd8XK5Q6cWkH8jq6lPkha_VQIL1hZDLu0gE',
  timestamp: '1693877406',
  signature: 'vPN_jxn2_ZWeVL5GebnHt1pXaYgBbc5pMJ0CxO2yx8Y',
}
const VECTOR_KEYS = {
  credentials: [{ clientId: 'testClientId', secret: 'testClientSecret', isRetiring: false }],
  adminKeys: [],
  appRef: null,
  origins: { auth: '', api: '' },
}

type Fields = typeof VECTOR

/** What Naver sends: signed under the key made from a client secret. */
function noticeOf(
  subject: string,
  { clientId = 'naver-client-id', secret = 'naver-client-secret', at = now() } = {}
): Fields {
  const key = createHash('md5').update(secret).digest()
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  const encryptUniqueId = Buffer.concat([iv, cipher.update(subject), cipher.final()]).toString(
    'base64url'
  )
  const timestamp = String(Math.floor(at.toSeconds()))
  const signed = `clientId=${clientId}&encryptUniqueId=${encryptUniqueId}&timestamp=${timestamp}`
  const signature = createHmac('sha256', key).update(signed).digest('base64url')
  return { clientId, encryptUniqueId, timestamp, signature }
}

const send = (fields: Record<string, string>, where: 'query' | 'form' = 'form') => {
  const encoded = new URLSearchParams(fields).toString()
  return rawRequest(appUrl, {
    method: 'POST',
    path: `/webhooks/naver/unlinked${where === 'query' ? `?${encoded}` : ''}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: where === 'form' ? encoded : '',
  })
}

/** Lets the link be a minute old, as it is when somebody ends it. */
const ageLinks = () => Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })

test.group("Naver's notices: reading", () => {
  const read = (fields: Record<string, string>) =>
    readNaverNotice(
      { parameters: new URLSearchParams(fields), authorization: null, contentType: '', raw: null },
      VECTOR_KEYS
    )

  test('the test vector reads', async ({ assert }) => {
    const reading = await read(VECTOR)
    assert.isTrue(reading.ok)
    if (!reading.ok) return
    assert.equal(reading.notice.subject, 'abcdefgABCDEFG1234567')
    assert.equal(reading.notice.happenedAt?.toISO(), '2023-09-05T01:30:06.000Z')
    assert.equal(reading.answer.status, 204)
  })

  for (const field of Object.keys(VECTOR) as (keyof Fields)[]) {
    test(`another byte anywhere in ${field} fails`, async ({ assert }) => {
      const value = VECTOR[field]
      for (let at = 0; at < value.length; at++) {
        const other = value[at] === '1' ? '2' : '1'
        const altered = value.slice(0, at) + other + value.slice(at + 1)
        const reading = await read({ ...VECTOR, [field]: altered })
        assert.isFalse(reading.ok, `${field}, byte ${at}`)
        assert.equal(reading.answer.status, 403)
      }
    })
  }
})

test.group("Naver's notices", (group) => {
  const world = withProviders(group)
  let provider: Provider
  let visitor: Visitor
  let subject: string

  group.each.setup(async () => {
    provider = await makeProvider(world.server, 'naver', { requiredFields: [] })
    visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    subject = world.server.naver.subjectOf('minjun', 'naver-client-id')
    await ageLinks()
  })

  for (const where of ['form', 'query'] as const) {
    test(`by ${where}: ends the link, its tokens and its sessions, and says 204 with nothing`, async ({
      assert,
    }) => {
      const answer = await send(noticeOf(subject), where)
      assert.equal(answer.status, 204)
      assert.equal(answer.text, '')

      const identity = await Identity.firstOrFail()
      assert.isTrue(identity.isUnlinked)
      assert.isNull(identity.accessToken)
      assert.isNull(identity.refreshToken)
      assert.isFalse(await visitor.isSignedIn())
      const page = await visitor.visit('/account')
      assert.match(page.words, /연결/, 'it says why')
      const notice = await ReceivedNotice.firstOrFail()
      assert.equal(notice.result, 'unlinked')
      assert.isNull(notice.consequence)
    })
  }

  test('signing in again finds the same user, and a notice sent again does nothing', async ({
    assert,
  }) => {
    const notice = noticeOf(subject)
    await send(notice)
    const { userId } = await Identity.firstOrFail()
    await signInWith(world.server, visitor, 'naver')
    assert.equal((await send(notice)).status, 204)
    assert.equal((await send(noticeOf(subject, { at: now().minus({ minutes: 2 }) }))).status, 204)

    const identity = await Identity.firstOrFail()
    assert.isFalse(identity.isUnlinked)
    assert.equal(identity.userId, userId)
    assert.isTrue(await visitor.isSignedIn())
    assert.lengthOf(await User.all(), 1)
    const results = (await ReceivedNotice.query().orderBy('id')).map(({ result }) => result)
    assert.deepEqual(results, ['unlinked', 'linked_since'])
  })

  test('a bad signature, another client id, a doubled or missing field do nothing', async ({
    assert,
  }) => {
    const good = noticeOf(subject)
    for (const [status, fields] of [
      [403, { ...good, signature: `A${good.signature.slice(1)}` }],
      [403, noticeOf(subject, { secret: 'another-secret' })],
      [403, noticeOf(subject, { clientId: 'another-client' })],
      [403, { ...good, timestamp: String(Number(good.timestamp) + 1) }],
      [400, { ...good, timestamp: 'now' }],
      [400, { clientId: good.clientId }],
      [400, {}],
    ] as [number, Record<string, string>][]) {
      assert.equal((await send(fields)).status, status)
    }
    const doubled = new URLSearchParams(good)
    doubled.append('clientId', 'another')
    const answer = await rawRequest(appUrl, {
      method: 'POST',
      path: `/webhooks/naver/unlinked?${doubled}`,
    })
    assert.equal(answer.status, 400)
    assert.lengthOf(await ReceivedNotice.all(), 0)
    assert.isTrue(await visitor.isSignedIn())
  })

  test('older than a day it is kept and nothing follows; ahead of time it counts as now', async ({
    assert,
  }) => {
    await Identity.query().update({ linkedAt: sqlTime(now().minus({ days: 3 })) })
    assert.equal((await send(noticeOf(subject, { at: now().minus({ hours: 25 }) }))).status, 204)
    assert.isTrue(await visitor.isSignedIn())
    assert.equal((await ReceivedNotice.firstOrFail()).result, 'too_old')

    assert.equal((await send(noticeOf(subject, { at: now().plus({ days: 300 }) }))).status, 204)
    assert.isFalse(await visitor.isSignedIn())
    await signInWith(world.server, visitor, 'naver')
    assert.isFalse((await Identity.firstOrFail()).isUnlinked)
  })

  test('somebody we do not know is no failure', async ({ assert }) => {
    assert.equal((await send(noticeOf('nobody-here'))).status, 204)
    assert.equal((await ReceivedNotice.firstOrFail()).result, 'nobody')
    assert.equal(
      (await rawRequest(appUrl, { method: 'POST', path: '/webhooks/nope/unlinked' })).status,
      404
    )
  })

  test('after a rotation both signatures count until the old credential is revoked', async ({
    assert,
  }) => {
    const old = await ProviderCredential.firstOrFail()
    await old.merge({ status: 'retiring' }).save()
    const fresh = new ProviderCredential()
    fresh.merge({ providerId: provider.id, clientId: 'naver-client-id', status: 'active' })
    fresh.keepSecret('the-new-secret')
    await fresh.save()
    await provider.merge({ activeCredentialId: fresh.id, onUnlink: 'suspend' }).save()

    /* What a retiring secret signed does no more than unlink. */
    assert.equal((await send(noticeOf(subject))).status, 204)
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isFalse((await User.firstOrFail()).isSuspended)

    const other = await makeUser()
    await Identity.create({
      userId: other.id,
      providerId: provider.id,
      subject: 'another-person',
      scopes: [],
      linkedAt: now().minus({ minutes: 1 }),
    })
    assert.equal((await send(noticeOf('another-person', { secret: 'the-new-secret' }))).status, 204)
    await other.refresh()
    assert.isTrue(other.isSuspended)

    await new RevokeCredential().handle(old, { actor: JOB })
    assert.equal((await send(noticeOf(subject))).status, 403)
  })

  test('`withdraw`: in seven days, unless the person signs in', async ({ assert }) => {
    await provider.merge({ onUnlink: 'withdraw' }).save()
    await User.query().update({ email: 'minjun@example.com' })
    await send(noticeOf(subject))
    const user = await User.firstOrFail()
    const days = user.withdrawAt!.diff(now(), 'days').days
    assert.approximately(days, 7, 0.01)
    assert.equal((await OutgoingMail.firstOrFail()).template, 'withdrawal_scheduled')

    await signInWith(world.server, visitor, 'naver')
    await user.refresh()
    assert.isNull(user.withdrawAt)
  })

  test('an administrator is never shut out by a notice', async ({ assert }) => {
    await provider.merge({ onUnlink: 'suspend' }).save()
    await User.query().update({ role: 'admin' })
    await send(noticeOf(subject))
    assert.isFalse((await User.firstOrFail()).isSuspended)
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
  })

  test('more than a hundred in an hour end links only, and say so to administrators', async ({
    assert,
  }) => {
    await provider.merge({ onUnlink: 'suspend' }).save()
    await ReceivedNotice.createMany(
      Array.from({ length: ReceivedNotice.MOST_PER_HOUR }, (_, index) => ({
        providerId: provider.id,
        subject: `person-${index}`,
        event: 'unlinked' as const,
        byRetiring: false,
        happenedAt: now(),
        receivedAt: now(),
        handledAt: now(),
        result: 'nobody',
      }))
    )
    await send(noticeOf(subject))
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isFalse((await User.firstOrFail()).isSuspended)
    assert.isTrue(await ReceivedNotice.isHeld(provider))
  })

  test('who has no other way in is mailed a way back', async ({ assert }) => {
    await User.query().update({ email: 'minjun@example.com' })
    await send(noticeOf(subject))
    assert.equal((await OutgoingMail.firstOrFail()).template, 'link_ended')
  })

  test('one that a process left behind is worked off by the next, once', async ({ assert }) => {
    const at = now().minus({ seconds: 30 })
    await ReceivedNotice.create({
      providerId: provider.id,
      subject,
      event: 'unlinked',
      byRetiring: false,
      happenedAt: at,
      receivedAt: at,
    })
    const passes = await Promise.all([new WorkOffNotices().handle(), new WorkOffNotices().handle()])
    assert.isAbove(passes[0].workedOff + passes[1].workedOff, 0)
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isFalse(await visitor.isSignedIn())
    assert.isTrue(DateTime.isDateTime((await ReceivedNotice.firstOrFail()).handledAt))
  })
})
