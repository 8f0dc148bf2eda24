import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { DateTime } from 'luxon'
import { test, timeTravel } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import ReceivedNotice from '#models/received_notice'
import User from '#models/user'
import UserSession from '#models/user_session'
import { DisconnectIdentity } from '#actions/links/disconnect_identity'
import { RevokeCredential } from '#actions/credentials/revoke_credential'
import { WithdrawUser } from '#actions/account/withdraw_user'
import { ApplyNotices } from '#jobs/apply_notices'
import { JOB } from '#audit/actor'
import { now, sqlTime } from '#time/clock'
import { readNaverNotice } from '#protocol/notices/naver'
import { signedInAs } from '#tests/support/people/administrator'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { linkTo, MEMBER, signedInMember, tripFrom } from '#tests/support/people/member'
import { rawRequest } from '#tests/support/raw_request'
import { t } from '#tests/support/texts'
import {
  makeCredential,
  makeProvider,
  makeUser,
  signInWith,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'
import { mostOf } from '#limits/limits'
import { multiplyLimits } from '#tests/support/limits'

/* Computed from the documented algorithm (docs/protocol/naver.md#notices). */
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
  origins: { auth: '', token: '', api: '' },
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

const isWayBack = ({ template }: { template: string }) => template === 'link_ended'

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

  test('a notice about what is no id is refused, and ends nothing', async ({ assert }) => {
    for (const nobody of ['0', '-1', 'null', 'undefined', ' ']) {
      assert.equal((await send(noticeOf(nobody))).status, 400, nobody)
    }
    assert.lengthOf(await ReceivedNotice.all(), 0)
    assert.isTrue(await visitor.isSignedIn())
  })

  test('where no secret is kept, nobody signs with none', async ({ assert }) => {
    await ProviderCredential.query().update({ clientSecret: null })
    assert.equal((await send(noticeOf(subject, { secret: '' }))).status, 403)
    assert.lengthOf(await ReceivedNotice.all(), 0)
    assert.isTrue(await visitor.isSignedIn())
  })

  /** So many notices came just now, about people nobody knows here. */
  const earlier = (count: number) =>
    ReceivedNotice.createMany(
      Array.from({ length: count }, (_, index) => ({
        providerId: provider.id,
        subject: `person-${index}`,
        event: 'unlinked' as const,
        byRetiring: false,
        happenedAt: now(),
        receivedAt: now(),
        handledAt: now(),
        result: 'nobody' as const,
      }))
    )

  /** What a process stored and then did no more about. */
  const leftBehind = (whose: string, at: DateTime) =>
    ReceivedNotice.create({
      providerId: provider.id,
      subject: whose,
      event: 'unlinked',
      byRetiring: false,
      happenedAt: at,
      receivedAt: at,
    })

  /** Lets the database refuse, until it is mended, what ends the link of `subject`. */
  async function refuseToUnlink(cleanup: (mend: () => Promise<void>) => void) {
    const which = `OLD.subject = '${subject}'`
    const refusal =
      db.connection().dialect.name === 'mysql'
        ? `FOR EACH ROW IF ${which} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF`
        : `WHEN ${which} BEGIN SELECT RAISE(ABORT, 'no'); END`
    const mend = async () => {
      await db.rawQuery('DROP TRIGGER IF EXISTS no_unlinking')
    }
    cleanup(mend)
    await db.rawQuery(`CREATE TRIGGER no_unlinking BEFORE UPDATE ON identities ${refusal}`)
    return mend
  }

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
      assert.deepEqual(page.alerts, [t('failures.grant_gone', { provider: provider.label })])
      const notice = await ReceivedNotice.firstOrFail()
      assert.equal(notice.result, 'unlinked')
      assert.isNull(notice.consequence)
    })
  }

  test('the test vector ends the link at the time it is of, and an altered byte does not', async ({
    assert,
  }) => {
    timeTravel(new Date(Number(VECTOR.timestamp) * 1_000))
    await makeCredential(provider, 'testClientId', 'testClientSecret')
    const user = await makeUser()
    const identity = await linkTo(user, provider, {
      subject: 'abcdefgABCDEFG1234567',
      linkedAt: now().minus({ days: 1 }),
    })
    for (const field of Object.keys(VECTOR) as (keyof Fields)[]) {
      const value = VECTOR[field]
      const altered = (value[0] === '2' ? '3' : '2') + value.slice(1)
      assert.equal((await send({ ...VECTOR, [field]: altered })).status, 403, field)
    }
    assert.isFalse((await identity.refresh()).isUnlinked)
    assert.equal((await send(VECTOR)).status, 204)
    assert.isTrue((await identity.refresh()).isUnlinked)
  })

  test('the same notice three times at once is one', async ({ assert }) => {
    const notice = noticeOf(subject)
    const answers = await Promise.all([send(notice), send(notice), send(notice)])
    for (const { status } of answers) assert.equal(status, 204)
    assert.equal((await ReceivedNotice.firstOrFail()).result, 'unlinked')
    assert.lengthOf(await ReceivedNotice.all(), 1)
  })

  test('whoever came by another way stays signed in there', async ({ assert }) => {
    const { user, visitor: byPassword } = await signedInMember({ email: 'own@example.com' })
    await tripFrom(world.server, byPassword, '/account/sign_in_methods', 'naver', {
      intent: 'link',
      person: 'seoyeon',
    })
    const byNaver = new Visitor()
    await signInWith(world.server, byNaver, 'naver', { person: 'seoyeon' })
    await ageLinks()

    await send(noticeOf(world.server.naver.subjectOf('seoyeon', 'naver-client-id')))
    assert.isFalse(await byNaver.isSignedIn())
    assert.isTrue(await byPassword.isSignedIn())
    assert.isTrue(await visitor.isSignedIn(), 'nor is anybody else')
    const identity = await Identity.findByOrFail('userId', user.id)
    assert.isTrue(identity.isUnlinked)
    assert.lengthOf(await queuedMails().then((mails) => mails.filter(isWayBack)), 0)
  })

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
      [403, { ...good, signature: good.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) }],
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

  test('however many come that nobody signed, a signed one is taken', async ({
    assert,
    cleanup,
  }) => {
    cleanup(multiplyLimits(0.01))
    const answers = []
    for (let time = 0; time <= mostOf('unsigned_notices'); time++) {
      answers.push((await send(noticeOf(subject, { secret: 'another-secret' }))).status)
    }
    assert.deepEqual(answers.slice(-2), [403, 429])
    assert.equal((await send(noticeOf(subject))).status, 204)
    assert.isFalse(await visitor.isSignedIn())
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
    assert.equal((await send(noticeOf(subject, { secret: 'the-new-secret' }))).status, 204)
  })

  test('`withdraw`: in seven days, unless the person signs in', async ({ assert }) => {
    await provider.merge({ onUnlink: 'withdraw' }).save()
    await User.query().update({ email: 'minjun@example.com' })
    await send(noticeOf(subject))
    const user = await User.firstOrFail()
    const days = user.withdrawAt!.diff(now(), 'days').days
    assert.approximately(days, 7, 0.01)
    assert.equal((await OutgoingMail.firstOrFail()).template, 'withdrawal_scheduled')
    /* It is not what the person asked for here, and the mail does not say so. */
    assert.containSubset((await lastMailTo(MEMBER)).data, { provider: provider.label })

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

  test('a hundred in an hour are no flood yet', async ({ assert }) => {
    await provider.merge({ onUnlink: 'suspend' }).save()
    await earlier(ReceivedNotice.MOST_PER_HOUR - 1)
    await send(noticeOf(subject))
    assert.isTrue((await User.firstOrFail()).isSuspended)
    assert.isFalse(await ReceivedNotice.isHeld(provider))
  })

  test('more than a hundred in an hour end links only, and say so to administrators', async ({
    assert,
  }) => {
    await provider.merge({ onUnlink: 'suspend' }).save()
    await earlier(ReceivedNotice.MOST_PER_HOUR)
    const admin = await signedInAs('admin')
    const { label } = provider
    const banner = t('notices.held_banner', { label })
    assert.notInclude((await admin.get('/admin/users')).words, banner)
    await send(noticeOf(subject))
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isFalse((await User.firstOrFail()).isSuspended)
    assert.isTrue(await ReceivedNotice.isHeld(provider))

    for (const path of ['users', 'mails', `providers/${provider.publicId}`]) {
      const page = await admin.get(`/admin/${path}`)
      assert.include(page.words, banner, path)
      assert.include(page.links, `/admin/providers/${provider.publicId}/notices`)
    }
    const own = await admin.get(`/admin/providers/${provider.publicId}/notices`)
    assert.lengthOf(own.words.split(t('notices.held')), 2)
    assert.notInclude(own.words, banner)
    const english = await (await signedInAs('admin', 'en')).get('/admin/users')
    assert.include(english.words, t('notices.held_banner', { label }, 'en'))

    /* A day later it has been seen. */
    await ReceivedNotice.query().update({ receivedAt: sqlTime(now().minus({ hours: 25 })) })
    assert.notInclude((await admin.get('/admin/users')).words, banner)
  })

  test('who has no other way in is mailed a way back', async ({ assert }) => {
    await User.query().update({ email: 'minjun@example.com' })
    await send(noticeOf(subject))
    assert.equal((await OutgoingMail.firstOrFail()).template, 'link_ended')

    const { data } = await lastMailTo(MEMBER)
    assert.deepEqual(data, {
      provider: provider.label,
      signInUrl: `${appUrl}/user/login`,
      resetUrl: `${appUrl}/user/password/forgot`,
    })
    /* It leads back: a password for who had none, and the same account. */
    const { id } = await User.firstOrFail()
    const forgot = await visitor.get('/user/password/forgot')
    await visitor.submit(forgot, '/user/password/forgot', { email: MEMBER })
    const { url } = (await lastMailTo(MEMBER)).data as { url: string }
    const password = 'three brisk otters swim'
    await visitor.submit(await visitor.get(url), url, { password })
    const returned = new Visitor()
    await returned.signIn(MEMBER, password)
    assert.isTrue(await returned.isSignedIn())
    assert.equal((await User.firstOrFail()).id, id)
  })

  test('who has no proved address is told at the one that Naver showed, as often as is decent', async ({
    assert,
  }) => {
    assert.isNull((await User.firstOrFail()).email)
    for (let time = 0; time < OutgoingMail.MOST_PER_HOUR + 2; time++) {
      await send(noticeOf(subject))
      await signInWith(world.server, visitor, 'naver')
      await ageLinks()
    }
    const mails = (await queuedMails()).filter(isWayBack)
    assert.lengthOf(mails, OutgoingMail.MOST_PER_HOUR)
    for (const { to, data } of mails) {
      assert.equal(to, 'minjun@example.com')
      /* Where no address is proved, no password can be set. */
      assert.containSubset(data, { resetUrl: null, signInUrl: `${appUrl}/user/login` })
    }
  })

  test('who has a password is not mailed', async ({ assert }) => {
    await User.query().update({ email: MEMBER, password: 'a hash' })
    await send(noticeOf(subject))
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isEmpty((await queuedMails()).filter(isWayBack))
  })

  test('what cannot be applied at once is kept, answered as heard, and applied later', async ({
    assert,
    cleanup,
  }) => {
    const mend = await refuseToUnlink(cleanup)
    assert.equal((await send(noticeOf(subject))).status, 204)
    const notice = await ReceivedNotice.firstOrFail()
    assert.isNull(notice.handledAt)
    assert.isTrue(await visitor.isSignedIn())

    await mend()
    await ReceivedNotice.query().update({ receivedAt: sqlTime(now().minus({ minutes: 1 })) })
    assert.equal((await new ApplyNotices().handle()).applied, 1)
    assert.isFalse(await visitor.isSignedIn())
    assert.equal((await notice.refresh()).result, 'unlinked')
  })

  test('one that fails whenever it is tried keeps no other waiting', async ({
    assert,
    cleanup,
  }) => {
    const other = new Visitor()
    await signInWith(world.server, other, 'naver', { person: 'seoyeon' })
    await ageLinks()
    await refuseToUnlink(cleanup)
    const at = now().minus({ seconds: 30 })
    for (const whose of [subject, world.server.naver.subjectOf('seoyeon', 'naver-client-id')]) {
      await leftBehind(whose, at)
    }
    await assert.rejects(() => new ApplyNotices().handle())
    assert.isTrue(await visitor.isSignedIn())
    assert.isFalse(await other.isSignedIn())
  })

  test('after somebody has left, no notice says whom it was about', async ({ assert }) => {
    await send(noticeOf(subject))
    await new WithdrawUser().handle(await User.firstOrFail(), {})
    assert.equal((await ReceivedNotice.firstOrFail()).subject, '')
    for (const table of ['received_notices', 'revocations', 'identities', 'audit_entries']) {
      assert.notInclude(JSON.stringify(await db.from(table)), subject, table)
    }
    const admin = await signedInAs('admin')
    const page = await admin.get(`/admin/providers/${provider.publicId}/notices`)
    assert.include(page.words, t('notices.left'))
  })

  test('nor after somebody disconnected first', async ({ assert }) => {
    await User.query().update({ email: MEMBER, password: 'a hash' })
    await send(noticeOf(subject))
    const [user, identity] = [await User.firstOrFail(), await Identity.firstOrFail()]
    /* In a browser where the person came by the password. */
    await UserSession.query().update({ revokedAt: null, identityId: null })
    await new DisconnectIdentity().handle(identity.publicId, await UserSession.firstOrFail())
    await new WithdrawUser().handle(user, {})
    assert.equal((await ReceivedNotice.firstOrFail()).subject, '')
  })

  test('one that a process left behind is applied by the next, once', async ({ assert }) => {
    await leftBehind(subject, now().minus({ seconds: 30 }))
    const passes = await Promise.all([new ApplyNotices().handle(), new ApplyNotices().handle()])
    assert.isAbove(passes[0].applied + passes[1].applied, 0)
    assert.isTrue((await Identity.firstOrFail()).isUnlinked)
    assert.isFalse(await visitor.isSignedIn())
    assert.isTrue(DateTime.isDateTime((await ReceivedNotice.firstOrFail()).handledAt))
  })
})
