import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import AccountToken from '#models/account_token'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ReceivedNotice from '#models/received_notice'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { linkTo, visitorOf } from '#tests/support/people/member'
import { faults } from '#tests/support/servers/provider_server'
import { rawRequest } from '#tests/support/raw_request'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, startAndConsent, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const ADDRESS = 'recycled@example.com'
const PASSWORD = 'nine loud cranes at dusk'

interface Word {
  email?: string
  valid?: boolean
  verified?: boolean
}

test.group('An address that changed hands', (group) => {
  const world = withProviders(group)
  let kakao: Provider

  group.each.setup(async () => {
    kakao = await makeProvider(world.server, 'kakao', { requiredFields: [] })
  })

  /** Somebody comes back from Kakao, which says this of them. */
  async function arrive(id: number, { email, valid = true, verified = true }: Word = {}) {
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'kakao')
    const account = email && { email, is_email_valid: valid, is_email_verified: verified }
    world.server.spoil('/v2/user/me', faults.json({ id, kakao_account: account || {} }))
    const page = await visitor.get(callback)
    return { visitor, location: page.location }
  }

  async function memberOf(subject: string): Promise<User> {
    const identity = await Identity.query().where({ subject }).preload('user').firstOrFail()
    return identity.user
  }

  for (const [what, later] of [
    ['is another account by now', { email: ADDRESS, valid: false }],
    ['is not proved any more', { email: ADDRESS, verified: false }],
  ] as const) {
    test(`that Kakao says ${what} is not the member's, and its next owner is somebody else`, async ({
      assert,
    }) => {
      await arrive(7001, { email: ADDRESS })
      assert.equal((await memberOf('7001')).email, ADDRESS)

      const { visitor } = await arrive(7001, later)
      const former = await memberOf('7001')
      assert.isNull(former.email)
      assert.isTrue(former.hasLostEmail)
      assert.include((await visitor.get('/')).words, t('account.email.lost'))

      const stranger = await arrive(7002, { email: ADDRESS })
      assert.equal(stranger.location, '/')
      const owner = await memberOf('7002')
      assert.notEqual(owner.id, former.id)
      assert.equal(owner.email, ADDRESS)
      assert.isTrue(await visitor.isSignedIn())
      assert.lengthOf(await queuedMails(), 0)
    })
  }

  test('is taken over by the account that Kakao vouches for it now, unseen by the former owner', async ({
    assert,
  }) => {
    await arrive(7001, { email: ADDRESS })
    await (await memberOf('7001')).merge({ password: PASSWORD }).save()
    const reset = new Visitor()
    await reset.submit(await reset.get('/user/password/forgot'), '/user/password/forgot', {
      email: ADDRESS,
    })
    assert.lengthOf(await AccountToken.all(), 1)

    await arrive(7002, { email: ADDRESS })
    const [former, owner] = [await memberOf('7001'), await memberOf('7002')]
    assert.notEqual(owner.id, former.id)
    assert.isNull(former.email)
    assert.equal(owner.email, ADDRESS)
    assert.lengthOf(await AccountToken.all(), 0)
    assert.isFalse(await (await visitorWith(PASSWORD)).isSignedIn())

    /* The former owner is still who comes as 7001. */
    const { visitor } = await arrive(7001)
    assert.isTrue(await visitor.isSignedIn())
    assert.equal((await memberOf('7001')).id, former.id)
    assert.include((await visitor.get('/account')).words, t('account.email.lost'))

    const mails = (await queuedMails()).filter(({ template }) => template !== 'reset_password')
    assert.lengthOf(mails, 0)
  })

  async function visitorWith(password: string) {
    const visitor = new Visitor()
    await visitor.signIn(ADDRESS, password)
    return visitor
  }

  test('is given to its new owner also while nobody new is let in', async ({ assert }) => {
    await arrive(7001, { email: ADDRESS })
    await kakao.merge({ allowSignUp: false }).save()
    assert.include((await arrive(7002, { email: ADDRESS })).location, 'sign_up_closed')
    assert.isNull((await memberOf('7001')).email)
    assert.lengthOf(await User.all(), 1)
  })

  test('makes nobody else of the member, who is not joined by a second account of Kakao', async ({
    assert,
  }) => {
    const member = await makeUser({ email: ADDRESS, password: PASSWORD })
    await linkTo(member, kakao, { subject: '7001' })
    for (const word of [
      { email: ADDRESS },
      { email: ADDRESS, verified: false },
      { email: ADDRESS, valid: false },
    ]) {
      await Identity.query().where('subject', '7002').delete()
      const { visitor, location } = await arrive(7002, word)
      assert.equal(location, '/')
      const newcomer = await memberOf('7002')
      assert.notEqual(newcomer.id, member.id)
      assert.isNull(newcomer.email)
      assert.isTrue(await visitor.isSignedIn())
    }
    await member.refresh()
    assert.equal(member.email, ADDRESS)
    assert.lengthOf(await queuedMails(), 0)
  })

  test('joins as ever where the former link has ended at the provider', async ({ assert }) => {
    const member = await makeUser({ email: ADDRESS, password: PASSWORD })
    const identity = await linkTo(member, kakao, { subject: '7001' })
    await identity.merge({ unlinkedAt: now() }).save()
    await arrive(7002, { email: ADDRESS })
    assert.equal((await memberOf('7002')).id, member.id)
  })

  test('what was proved here by a link or a code is no affair of Kakao', async ({ assert }) => {
    const member = await makeUser({ email: ADDRESS, password: PASSWORD })
    await arrive(7001, { email: ADDRESS })
    assert.equal((await memberOf('7001')).id, member.id)
    await arrive(7001, { email: ADDRESS, valid: false })
    await arrive(7001, { email: 'another@example.com' })
    await member.refresh()
    assert.equal(member.email, ADDRESS)
    assert.equal((await new Visitor().signIn(ADDRESS, PASSWORD)).location, '/')
  })

  test('a link in a mail makes the address one of that kind', async ({ assert }) => {
    const { visitor } = await arrive(7001, { email: ADDRESS })
    await arrive(7001, { email: ADDRESS, valid: false })
    const form = await visitor.get('/account/email')
    await visitor.submit(form, '/account/email', { email: ADDRESS })
    const mail = await lastMailTo(ADDRESS)
    const { pathname } = new URL((mail.data as { url: string }).url)
    await visitor.submit(await visitor.get(pathname), pathname)
    assert.equal((await memberOf('7001')).email, ADDRESS)

    await arrive(7001, { email: ADDRESS, valid: false })
    const member = await memberOf('7001')
    assert.equal(member.email, ADDRESS)
    assert.isFalse(member.hasLostEmail)
  })

  test("a new address that Kakao vouches for becomes the member's, who is told there", async ({
    assert,
  }) => {
    await arrive(7001, { email: ADDRESS })
    await (await memberOf('7001')).merge({ password: PASSWORD }).save()
    await arrive(7001, { email: 'new@example.com' })
    assert.equal((await memberOf('7001')).email, 'new@example.com')
    assert.equal((await lastMailTo('new@example.com')).template, 'email_changed')
    assert.equal((await new Visitor().signIn('new@example.com', PASSWORD)).location, '/')
    assert.isFalse(await (await visitorWith(PASSWORD)).isSignedIn())
    assert.isFalse((await queuedMails()).some(({ to }) => to === ADDRESS))
  })

  test('a new address that is somebody else’s, or that nobody vouches for, is not taken', async ({
    assert,
  }) => {
    await makeUser({ email: 'new@example.com', password: PASSWORD })
    for (const word of [
      { email: 'new@example.com' },
      { email: 'x@example.com', verified: false },
    ]) {
      await Identity.query().delete()
      await User.query().where('email', ADDRESS).delete()
      await arrive(7001, { email: ADDRESS })
      await arrive(7001, word)
      assert.isNull((await memberOf('7001')).email)
    }
  })

  test('with a second factor it is lost at once, and none is gained by the first', async ({
    assert,
  }) => {
    await arrive(7001, { email: ADDRESS })
    await User.query().update({ secondFactorAt: sqlTime(now()) })
    await arrive(7001, { email: 'new@example.com' })
    assert.isNull((await memberOf('7001')).email)
  })

  test('Kakao’s silence ends nothing; its word gives back what its word has taken', async ({
    assert,
  }) => {
    await arrive(7001, { email: ADDRESS })
    await arrive(7001)
    assert.equal((await memberOf('7001')).email, ADDRESS)

    await arrive(7001, { email: ADDRESS, valid: false })
    assert.isNull((await memberOf('7001')).email)
    await arrive(7001)
    assert.isNull((await memberOf('7001')).email)
    const { visitor } = await arrive(7001, { email: ADDRESS })
    assert.equal((await memberOf('7001')).email, ADDRESS)
    assert.notInclude((await visitor.get('/')).words, t('account.email.lost'))
  })

  test('is found to have changed hands also where the consent to it was withdrawn', async ({
    assert,
  }) => {
    await arrive(7001, { email: ADDRESS })
    await Identity.query().update({ email: null })
    await arrive(7002, { email: ADDRESS })
    assert.isNull((await memberOf('7001')).email)
    assert.equal((await memberOf('7002')).email, ADDRESS)
  })

  test('a proof that waits comes to nothing once the member has linked another account there', async ({
    assert,
  }) => {
    const member = await makeUser({ email: ADDRESS, password: PASSWORD })
    const { visitor, location } = await arrive(7002, { email: ADDRESS, verified: false })
    assert.equal(location, '/user/login/prove')
    await linkTo(member, kakao, { subject: '7001' })
    const page = await visitor.get(location)
    const proved = await visitor.submit(page, '/user/login/prove', { password: PASSWORD })
    assert.include(proved.location, 'failure=proof_gone')
    assert.lengthOf(await Identity.all(), 1)
  })

  for (const emailPolicy of ['trusted', 'provider_says'] as const) {
    test(`an address that Kakao calls another's joins nobody (${emailPolicy})`, async ({
      assert,
    }) => {
      await kakao.merge({ emailPolicy }).save()
      await makeUser({ email: ADDRESS, password: PASSWORD })
      const { visitor, location } = await arrive(7001, { email: ADDRESS, valid: false })
      assert.equal(location, '/user/login/prove')
      assert.isFalse(await visitor.isSignedIn())
    })
  }

  test('Kakao’s events end the proof, and nothing else of the link', async ({ assert }) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const key = { ...(await exportJWK(publicKey)), kid: 'hands', alg: 'RS256', use: 'sig' }
    world.server.spoil('/.well-known/jwks.json', faults.json({ keys: [key] }), Infinity)
    const tell = async (name: string, at = now()) => {
      const token = await new SignJWT({
        sub: '7001',
        jti: `${name}:${at.toMillis()}`,
        toe: Math.floor(at.toSeconds()),
        events: { [`https://schemas.openid.net/secevent/risc/event-type/${name}`]: {} },
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'hands', typ: 'secevent+jwt' })
        .setIssuer('https://kauth.kakao.com')
        .setAudience('kakao-client-id')
        .setIssuedAt()
        .sign(privateKey)
      return rawRequest(appUrl, {
        method: 'POST',
        path: '/webhooks/kakao/unlinked',
        headers: { 'content-type': 'application/secevent+jwt' },
        body: token,
      })
    }
    const lastResult = async () =>
      (await ReceivedNotice.query().orderBy('id', 'desc').firstOrFail()).result
    const ageLink = () =>
      Identity.query().update({ lastUsedAt: sqlTime(now().minus({ minutes: 2 })) })

    const { visitor } = await arrive(7001, { email: ADDRESS })
    for (const name of ['identifier-changed', 'identifier-recycled']) {
      await ageLink()
      assert.equal((await tell(name, now().minus({ minutes: 5 }))).status, 202)
      assert.equal(await lastResult(), 'seen_since')
      assert.equal((await memberOf('7001')).email, ADDRESS)

      assert.equal((await tell(name)).status, 202)
      assert.equal(await lastResult(), 'address_ended')
      assert.isNull((await memberOf('7001')).email)
      assert.isNull((await Identity.firstOrFail()).email)
      assert.isFalse((await Identity.firstOrFail()).isUnlinked)
      assert.isTrue(await visitor.isSignedIn())
      await arrive(7001, { email: ADDRESS })
    }

    const mailed = await makeUser({ email: 'mailed@example.com', password: PASSWORD })
    await Identity.query().update({ userId: mailed.id, email: mailed.email, provesEmail: false })
    await ageLink()
    await tell('identifier-changed', now().plus({ seconds: 1 }))
    assert.equal(await lastResult(), 'address_kept')
    assert.isNull((await Identity.firstOrFail()).email)
    assert.isTrue(await (await visitorOf(mailed, PASSWORD)).isSignedIn())
  })
})
