import { test } from '@japa/runner'
import Identity from '#models/identity'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { faults } from '#tests/support/servers/provider_server'
import { aCredential } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import {
  DRIVER_NAMES,
  makeCredential,
  makeProvider,
  PATHS,
  signInWith,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { trialOf, tryOut } from '#tests/support/trial'
import { Visitor } from '#tests/support/visitor'

const TOKEN_INFO = '/v1/user/access_token_info'

test.group('Which application a provider is', (group) => {
  const world = withProviders(group)

  /** Another REST key, of the same Kakao app as the first or of another. */
  function registerKey(clientId: string, sameAs?: string) {
    const first = sameAs ? world.server.kakao.appOf(sameAs)! : null
    world.server.kakao.register({
      clientId,
      clientSecrets: [`${clientId}-secret`],
      anyLoopbackRedirect: true,
      ...(first && { appId: first.appId }),
    })
    return `${clientId}-secret`
  }

  const activeOf = (provider: Provider) =>
    ProviderCredential.findOrFail(provider.activeCredentialId)

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: is learnt by the first sign-in, and not asked for again`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const { appId } = world.server[driver].appOf(`${driver}-client-id`)!
      for (let visit = 0; visit < 2; visit++) {
        assert.equal((await signInWith(world.server, new Visitor(), driver)).location, '/')
      }
      const expected = driver === 'kakao' ? String(appId) : 'naver-client-id'
      assert.equal((await provider.refresh()).appRef, expected)
      assert.equal((await activeOf(provider)).appRef, expected)
      assert.equal(world.server.count(TOKEN_INFO), driver === 'kakao' ? 1 : 0)
    })

    test(`${driver}: is learnt by a trial of the key in use, but not of a draft`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const admin = await signedInAs('admin')
      const draft = await aCredential(provider, {
        clientId: `${driver}-client-id`,
        clientSecret: `${driver}-client-secret`,
      })
      await tryOut(world.server, admin, provider, draft)
      assert.isNull((await provider.refresh()).appRef)
      assert.isNotNull((await draft.refresh()).appRef)

      await tryOut(world.server, admin, provider, await activeOf(provider))
      assert.equal((await provider.refresh()).appRef, draft.appRef)
    })
  }

  test('a sign-in does without it when Kakao does not say, and hardly waits', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    for (const fault of [faults.hang, faults.serverError, faults.reset, faults.html]) {
      world.server.spoil(TOKEN_INFO, fault)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, 'kakao')
      const begun = performance.now()
      assert.equal((await visitor.get(callback)).location, '/')
      assert.isBelow(performance.now() - begun, 4_000, fault.kind)
      assert.isNull((await provider.refresh()).appRef)
    }
    await signInWith(world.server, new Visitor(), 'kakao')
    assert.isNotNull((await provider.refresh()).appRef)
  })

  test('of two first sign-ins at once both come in, and one application is remembered', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const visitors = ['minjun', 'seoyeon', 'doyun'].map((person) => ({
      person,
      visitor: new Visitor(),
    }))
    const callbacks: string[] = []
    for (const { person, visitor } of visitors) {
      callbacks.push(await startAndConsent(world.server, visitor, 'kakao', { person }))
    }
    const answers = await Promise.all(
      visitors.map(({ visitor }, index) => visitor.get(callbacks[index]))
    )
    assert.deepEqual(
      answers.map(({ location }) => location),
      ['/', '/', '/']
    )
    assert.isNotNull((await provider.refresh()).appRef)
  })

  test('remembering is a compare-and-set: the first to say so wins', async ({ assert }) => {
    const { id } = await makeProvider(world.server, 'kakao')
    const [one, other] = [await Provider.findOrFail(id), await Provider.findOrFail(id)]
    await one.learnApplication('1')
    await other.learnApplication('2')
    assert.equal(other.appRef, '1')
    assert.equal((await Provider.findOrFail(id)).appRef, '1')
  })

  test('another key of the same app is welcome, in a trial and in a sign-in', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const secret = registerKey('second-key', 'kakao-client-id')
    const draft = await aCredential(provider, { clientId: 'second-key', clientSecret: secret })
    const admin = await signedInAs('admin')
    const report = await tryOut(world.server, admin, provider, draft)
    assert.equal((await trialOf(report)).outcome, 'tried')

    await makeCredential(provider, 'second-key', secret)
    assert.equal((await signInWith(world.server, new Visitor(), 'kakao')).location, '/')
    assert.lengthOf(await Identity.all(), 1)
  })

  test('a key of another app is refused in the trial, and then not taken into use', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    const secret = registerKey('foreign-key')
    const draft = await aCredential(provider, { clientId: 'foreign-key', clientSecret: secret })
    const admin = await signedInAs('admin')

    const report = await tryOut(world.server, admin, provider, draft)
    const trial = await trialOf(report)
    assert.equal(trial.failure, 'another_application')
    assert.equal(trial.steps.at(-1)!.name, 'application')
    assert.include(report.words, t('diagnoses.general.another_application.why'))

    const path = `/admin/providers/${provider.publicId}`
    const pressed = await admin.press(path, `/admin/credentials/${draft.publicId}/activation`, {
      version: (await admin.get(path)).fieldValue('version')!,
    })
    assert.include(pressed.alerts, t('admin.problems.another_application'))
    assert.equal((await draft.refresh()).status, 'draft')
  })

  test('a sign-in with a key of another app is refused before anything is decided', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await makeCredential(provider, 'foreign-key', registerKey('foreign-key'))
    const before = [await User.all(), await Identity.all()].map(({ length }) => length)

    for (let visit = 0; visit < 2; visit++) {
      const visitor = new Visitor()
      const answer = await signInWith(world.server, visitor, 'kakao', { person: 'seoyeon' })
      assert.include(answer.location, 'failure=another_application')
      const { alerts } = await visitor.get(answer.location)
      assert.include(alerts, t('failures.another_application', { provider: provider.label }))
      assert.isFalse(await visitor.isSignedIn())
    }
    const after = [await User.all(), await Identity.all()].map(({ length }) => length)
    assert.deepEqual(after, before)
    const attempt = await SignInAttempt.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(attempt.failure, 'another_application')
    /* Asked once: what a key belongs to never changes. */
    assert.equal(world.server.count(TOKEN_INFO), 2)
  })

  test('a new key of which Kakao will not say whose it is lets nobody in', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    await makeCredential(provider, 'second-key', registerKey('second-key', 'kakao-client-id'))

    world.server.spoil(TOKEN_INFO, faults.serverError)
    const answer = await signInWith(world.server, new Visitor(), 'kakao', { person: 'seoyeon' })
    assert.include(answer.location, 'failure=provider_unavailable')
    assert.lengthOf(await Identity.all(), 1)
    assert.equal((await signInWith(world.server, new Visitor(), 'kakao')).location, '/')
  })

  test('a new secret for a client id that is known is asked about, but waits for no answer', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao')
    world.server.kakao.appOf('kakao-client-id')!.clientSecrets.push('a newer secret')
    await makeCredential(provider, 'kakao-client-id', 'a newer secret')

    world.server.spoil(TOKEN_INFO, faults.hang)
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'kakao')
    const begun = performance.now()
    assert.equal((await visitor.get(callback)).location, '/')
    assert.isBelow(performance.now() - begun, 4_000)
  })

  test('naver: keys of another application in use are refused, whoever put them there', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'naver')
    await signInWith(world.server, new Visitor(), 'naver')
    world.server.naver.register({
      clientId: 'foreign',
      clientSecrets: ['foreign-secret'],
      anyLoopbackRedirect: true,
    })
    await makeCredential(provider, 'foreign', 'foreign-secret')
    const answer = await signInWith(world.server, new Visitor(), 'naver')
    assert.include(answer.location, 'failure=another_application')
    assert.lengthOf(await Identity.all(), 1)
  })

  test('a profile that fails first is what the attempt fails of', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    world.server.spoil(TOKEN_INFO, faults.hang)
    world.server.spoil(PATHS.kakao.profile, faults.serverError)
    const answer = await signInWith(world.server, new Visitor(), 'kakao')
    assert.include(answer.location, 'failure=provider_unavailable')
  })

  test('a trial tells when Kakao does not say, and goes on', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const admin: Administrator = await signedInAs('admin')
    world.server.spoil(TOKEN_INFO, faults.serverError)
    const report = await tryOut(world.server, admin, provider, await activeOf(provider))
    const trial = await trialOf(report)
    assert.equal(trial.outcome, 'tried')
    const step = trial.steps.find(({ name }) => name === 'application')!
    assert.equal(step.result, 'provider_unavailable')
    assert.isNull((await provider.refresh()).appRef)
  })
})
