import { test } from '@japa/runner'
import Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import ReceivedNotice from '#models/received_notice'
import Revocation from '#models/revocation'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { EndLinks } from '#jobs/end_links'
import { now, sqlTime } from '#time/clock'
import { signedInAs } from '#tests/support/people/administrator'
import { aCredential } from '#tests/support/providers'
import { MEMBER, MEMBER_PASSWORD, signedInMember, tripFrom } from '#tests/support/people/member'
import { faults } from '#tests/support/servers/provider_server'
import { prepareTrial, tryAndConsent, tryOut } from '#tests/support/trial'
import {
  DRIVER_NAMES,
  makeProvider,
  makeUser,
  signInWith,
  startAndConsent,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const END = { kakao: '/v1/user/unlink', naver: '/oauth2.0/revoke' } as const

const work = () => new EndLinks().handle()

/** Lets so much time pass for what waits to be proved and for what waits to be ended. */
async function letPass(minutes: number) {
  for (const pending of await PendingIdentity.all()) {
    await pending.merge({ expiresAt: pending.expiresAt.minus({ minutes }) }).save()
  }
  for (const revocation of await Revocation.all()) {
    await revocation.merge({ nextAt: revocation.nextAt.minus({ minutes }) }).save()
  }
}

test.group('Links of people who are nobody here', (group) => {
  const world = withProviders(group)
  const isLinked = (driver: DriverName, person = 'minjun') =>
    world.server[driver].isLinked(person, `${driver}-client-id`)

  for (const driver of DRIVER_NAMES) {
    for (const [why, failure, prepare] of [
      ['sign-up is closed', 'sign_up_closed', (one: Provider) => one.merge({ allowSignUp: false })],
      [
        'newcomers are refused',
        'newcomers_refused',
        (one: Provider) => one.merge({ hidden: true }),
      ],
    ] as const) {
      test(`${driver}: end at the provider when ${why}`, async ({ assert }) => {
        const provider = await makeProvider(world.server, driver)
        const visitor = new Visitor()
        const callback = await startAndConsent(world.server, visitor, driver)
        await prepare(provider).save()
        assert.include((await visitor.get(callback)).location, `failure=${failure}`)
        assert.isTrue(isLinked(driver))

        assert.equal((await work()).ended, 1)
        assert.isFalse(isLinked(driver))
        assert.equal(world.server.count(END[driver]), 1)
        assert.lengthOf(await Revocation.all(), 0)
      })
    }

    test(`${driver}: end when a proof was not given in time, and not before`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver, { emailPolicy: 'never' })
      await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
      const visitor = new Visitor()
      assert.equal((await signInWith(world.server, visitor, driver)).location, '/user/login/prove')
      await letPass(9)
      await work()
      assert.isTrue(isLinked(driver))

      await letPass(2)
      assert.equal((await work()).ended, 1)
      assert.isFalse(isLinked(driver))
    })

    test(`${driver}: end at once when the person would rather not`, async ({ assert }) => {
      await makeProvider(world.server, driver, { emailPolicy: 'never' })
      await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
      const visitor = new Visitor()
      await signInWith(world.server, visitor, driver)
      const page = await visitor.get('/user/login/prove')
      await visitor.submit(page, '/user/login/prove/cancel')
      assert.equal((await work()).ended, 1)
      assert.isFalse(isLinked(driver))
    })

    test(`${driver}: stay while the same account waits in another browser`, async ({ assert }) => {
      await makeProvider(world.server, driver, { emailPolicy: 'never' })
      await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
      const [visitor, other] = [new Visitor(), new Visitor()]
      await signInWith(world.server, visitor, driver)
      await signInWith(world.server, other, driver)
      const page = await visitor.get('/user/login/prove')
      await visitor.submit(page, '/user/login/prove/cancel')
      assert.equal((await work()).putOff, 1)
      assert.isTrue(isLinked(driver))

      const proof = await other.get('/user/login/prove')
      await other.submit(proof, '/user/login/prove', { password: MEMBER_PASSWORD })
      assert.lengthOf(await Revocation.all(), 0)
      await work()
      assert.isTrue(isLinked(driver))
      assert.lengthOf(await Identity.all(), 1)
    })

    test(`${driver}: stay when the person is let in between two calls of one try`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver, { allowSignUp: false })
      await signInWith(world.server, new Visitor(), driver)
      const other = new ProviderCredential()
      other.merge({ providerId: provider.id, clientId: `${driver}-client-id`, status: 'retiring' })
      other.keepSecret(`${driver}-client-secret`)
      await other.save()
      let isBack = false
      world.server.beforeAnswer = async (path) => {
        if (path !== END[driver] || isBack) return
        isBack = true
        await provider.merge({ allowSignUp: true }).save()
        await signInWith(world.server, new Visitor(), driver)
      }
      world.server.spoil(
        END[driver],
        driver === 'naver'
          ? faults.json({ error: 'unauthorized_client' }, 401)
          : faults.json({ msg: 'this access token does not exist', code: -401 }, 401)
      )
      assert.equal((await work()).dropped, 1)
      assert.equal(world.server.count(END[driver]), 1)
      assert.isTrue(isLinked(driver))
    })

    test(`${driver}: stay when a proof begins to wait between two calls of one try`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver, { allowSignUp: false })
      await signInWith(world.server, new Visitor(), driver)
      let isBack = false
      world.server.beforeAnswer = async (path) => {
        if (path !== END[driver] || isBack) return
        isBack = true
        await provider.merge({ emailPolicy: 'never' }).save()
        await makeUser({ email: MEMBER, password: MEMBER_PASSWORD })
        await signInWith(world.server, new Visitor(), driver)
      }
      world.server.spoil(
        END[driver],
        driver === 'naver'
          ? faults.json({ error: 'invalid_request' }, 200)
          : faults.json({ msg: 'this access token does not exist', code: -401 }, 401)
      )
      await work()
      assert.equal(world.server.count(END[driver]), 1)
      assert.isTrue(isLinked(driver))
      assert.lengthOf(await PendingIdentity.all(), 1)
      assert.equal((await Revocation.firstOrFail()).cause, 'abandoned')
    })

    test(`${driver}: what a trip for something else has linked for nobody ends`, async ({
      assert,
    }) => {
      await makeProvider(world.server, driver)
      const { visitor } = await signedInMember()
      await tripFrom(world.server, visitor, '/account/sign_in_methods', driver, { intent: 'link' })
      assert.lengthOf(await Revocation.all(), 0)
      await tripFrom(world.server, visitor, '/account/reauthenticate', driver, {
        intent: 'reauthenticate',
        person: 'seoyeon',
      })
      assert.equal((await work()).ended, 1)
      assert.isFalse(isLinked(driver, 'seoyeon'))
      assert.isTrue(isLinked(driver))
    })

    test(`${driver}: of a member they stay, whoever is refused`, async ({ assert }) => {
      const provider = await makeProvider(world.server, driver)
      await signInWith(world.server, new Visitor(), driver)
      await provider.merge({ allowSignUp: false, hidden: true }).save()
      await User.query().update({ suspendedAt: sqlTime(now()) })
      const refused = await signInWith(world.server, new Visitor(), driver)
      assert.include(refused.location, 'failure=suspended')
      const { visitor } = await signedInMember({ email: 'other@example.com' })
      await tripFrom(world.server, visitor, '/account/sign_in_methods', driver, { intent: 'link' })
      await work()
      assert.lengthOf(await Revocation.all(), 0)
      assert.isTrue(isLinked(driver))
    })

    test(`${driver}: a trial's ends too, in the name of the draft that was tried`, async ({
      assert,
    }) => {
      const admin = await signedInAs('admin')
      const provider = await makeProvider(world.server, driver)
      const draft = await aCredential(provider, {
        clientId: `${driver}-new-id`,
        clientSecret: `${driver}-new-secret`,
        status: 'draft',
      })
      world.server[driver].register({
        clientId: `${driver}-new-id`,
        clientSecrets: [`${driver}-new-secret`],
        anyLoopbackRedirect: true,
      })
      await tryOut(world.server, admin, provider, draft)
      assert.isTrue(world.server[driver].isLinked('minjun', `${driver}-new-id`))

      /* Another one is under way, and may be that very person's. */
      const callback = await tryAndConsent(world.server, admin, provider, draft)
      assert.equal((await work()).putOff, 1)
      await admin.visit(callback)
      assert.lengthOf(await Revocation.all(), 1)
      assert.equal((await work()).ended, 1)
      assert.isFalse(world.server[driver].isLinked('minjun', `${driver}-new-id`))
    })

    test(`${driver}: a member's trial ends nothing`, async ({ assert }) => {
      const admin = await signedInAs('admin')
      const provider = await makeProvider(world.server, driver)
      await signInWith(world.server, new Visitor(), driver)
      const [credential] = await ProviderCredential.all()
      await tryOut(world.server, admin, provider, credential)
      await prepareTrial(admin, provider, credential)
      await work()
      assert.isTrue(isLinked(driver))
      assert.lengthOf(await Revocation.all(), 0)
    })
  }

  test('stay for a member who has come by the same application under another name', async ({
    assert,
  }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const twin = await makeProvider(world.server, 'kakao', { key: 'twin', allowSignUp: false })
    world.server.kakao.register({
      ...world.server.kakao.appOf('kakao-client-id')!,
      clientId: 'twin-client-id',
      clientSecrets: ['twin-client-secret'],
    })
    await User.query().update({ email: null })
    const refused = await signInWith(world.server, new Visitor(), 'twin')
    assert.include(refused.location, 'failure=sign_up_closed')
    await work()
    assert.isTrue(isLinked('kakao'))
    assert.lengthOf(await Identity.query().where('providerId', kakao.id), 1)
    assert.lengthOf(await Identity.query().where('providerId', twin.id), 0)
  })

  test('stay for somebody who is asked once more, and end if nobody comes back', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver', { requiredFields: ['name'] })
    const visitor = new Visitor()
    const asked = await signInWith(world.server, visitor, 'naver', { agree: ['email'] })
    assert.include(asked.location, 'failure=missing_fields')
    await letPass(19)
    await work()
    assert.isTrue(isLinked('naver'))

    await letPass(2)
    assert.equal((await work()).ended, 1)
    assert.isFalse(isLinked('naver'))

    const attempts = await SignInAttempt.all()
    assert.isTrue(attempts.every(({ steps }) => !JSON.stringify(steps).includes('access_token')))
  })

  test('one too many addresses ends the link, and each refusal replaces the last', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao', { allowSignUp: false })
    for (let n = 0; n < 5; n++) {
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, 'kakao')
      const account = { email: `n${n}@example.com` }
      world.server.spoil('/v2/user/me', faults.json({ id: 42, kakao_account: account }))
      await visitor.get(callback)
      assert.lengthOf(await Revocation.all(), 1)
    }
    const last = await SignInAttempt.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(last.failure, 'too_many_addresses')
  })

  test('what is kept of a stranger meanwhile is sealed, and nobody is written to', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao', { allowSignUp: false })
    await signInWith(world.server, new Visitor(), 'kakao')
    const revocation = await Revocation.firstOrFail()
    assert.isNull(revocation.contact)
    assert.notInclude(JSON.stringify(revocation.$attributes), MEMBER)
    assert.lengthOf(await ReceivedNotice.all(), 0)
  })
})
