import { test } from '@japa/runner'
import Identity from '#models/identity'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { accessToken, askAsPerson } from '#actions/links/access_token'
import { MEMBER_PASSWORD, visitorOf } from '#tests/support/people/member'
import { faults, type Fault } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
import {
  DRIVER_NAMES,
  makeCredential,
  makeProvider,
  PATHS,
  signInWith,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** Lets the clock pass the end of every access token, here and at the provider. */
async function letTokensExpire(server: { [Name in DriverName]: { expireAccessTokens(): void } }) {
  for (const driver of DRIVER_NAMES) server[driver].expireAccessTokens()
  await Identity.query().update({ tokenExpiresAt: sqlTime(now().minus({ minutes: 1 })) })
}

test.group('Access tokens', (group) => {
  const world = withProviders(group)

  const refreshes = (driver: DriverName) =>
    world.server
      .callsTo(PATHS[driver].token)
      .filter(({ form }) => form.get('grant_type') === 'refresh_token')

  /** Somebody who has just come through a provider. */
  async function arrived(driver: DriverName) {
    const provider = await makeProvider(world.server, driver)
    const visitor = new Visitor()
    await signInWith(world.server, visitor, driver)
    return { provider, visitor, identity: await Identity.firstOrFail() }
  }

  const isGood = async (driver: DriverName, token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(world.server.origin + PATHS[driver].profile, { headers })).ok
  }

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: one that is fresh is given as it is, and nobody is asked`, async ({
      assert,
    }) => {
      const { identity } = await arrived(driver)
      const calls = world.server.calls.length
      const access = await accessToken(identity)
      assert.equal(access.kind, 'token')
      assert.lengthOf(world.server.calls.slice(calls), 0)
      assert.isTrue(await isGood(driver, (access as { token: string }).token))
    })

    test(`${driver}: one that is about to end is replaced, and the refresh token stays`, async ({
      assert,
    }) => {
      const { identity } = await arrived(driver)
      const before = identity.revealTokens()
      await Identity.query().update({ tokenExpiresAt: sqlTime(now().plus({ seconds: 50 })) })

      const access = await accessToken(identity)
      assert.isTrue(access.kind === 'token' && (await isGood(driver, access.token)))
      await identity.refresh()
      const after = identity.revealTokens()
      assert.notEqual(after.accessToken, before.accessToken)
      assert.equal(after.refreshToken, before.refreshToken)
      assert.isAbove(+identity.tokenExpiresAt!, +now())
      assert.lengthOf(refreshes(driver), 1)
      assert.deepEqual(await accessToken(identity).then(({ kind }) => kind), 'token')
      assert.lengthOf(refreshes(driver), 1)
    })

    test(`${driver}: fifty calls at once make one refresh`, async ({ assert }) => {
      const { identity } = await arrived(driver)
      await letTokensExpire(world.server)
      world.server.spoil(PATHS[driver].token, { kind: 'delay', ms: 300 })
      const all = await Promise.all(Array.from({ length: 50 }, () => accessToken(identity)))
      const tokens = new Set(all.map((access) => access.kind === 'token' && access.token))
      assert.lengthOf([...tokens], 1)
      assert.isTrue(await isGood(driver, [...tokens][0] as string))
      assert.lengthOf(refreshes(driver), 1)
    })

    const troubles: [string, Fault][] = [
      ['is out of reach', faults.reset],
      ['answers 503', faults.serverError],
      ['answers with HTML', faults.html],
      ['asks to wait', faults.tooManyRequests(60)],
    ]
    for (const [trouble, fault] of troubles) {
      test(`${driver}: a provider that ${trouble} signs nobody out, and is not asked by everybody`, async ({
        assert,
      }) => {
        const { identity, visitor } = await arrived(driver)
        await letTokensExpire(world.server)
        world.server.spoil('*', fault, Infinity)
        const all = await Promise.all(Array.from({ length: 20 }, () => accessToken(identity)))
        assert.isTrue(all.every(({ kind }) => kind === 'unavailable'))
        assert.lengthOf(refreshes(driver), 1)
        assert.isTrue(await visitor.isSignedIn())

        /* It is well again, and a few seconds later the next call finds that out. */
        world.server.mend()
        assert.equal((await accessToken(identity)).kind, 'unavailable')
        await Identity.query().update({ refreshLeaseUntil: sqlTime(now()) })
        assert.equal((await accessToken(identity)).kind, 'token')
      })
    }

    test(`${driver}: a link that the person has ended there ends the sessions that came through it`, async ({
      assert,
    }) => {
      const { identity, visitor, provider } = await arrived(driver)
      const user = await User.firstOrFail()
      await user.merge({ email: 'own@example.com', password: MEMBER_PASSWORD }).save()
      const byPassword = await visitorOf(user)
      world.server[driver].unlink('minjun', `${driver}-client-id`)
      await letTokensExpire(world.server)

      assert.deepEqual(await accessToken(identity), { kind: 'unlinked' })
      assert.isFalse(await visitor.isSignedIn())
      assert.isTrue(await byPassword.isSignedIn())
      await identity.refresh()
      assert.isTrue(identity.isUnlinked)
      assert.isNull(identity.accessToken)
      assert.isNull(identity.refreshToken)

      const page = await visitor.visit('/account')
      assert.include(page.alerts, t('failures.grant_gone', { provider: provider.label }))
      assert.isEmpty((await new Visitor().get('/user/login')).alerts)

      /* Signing in again revives it. */
      await signInWith(world.server, visitor, driver)
      await identity.refresh()
      assert.isFalse(identity.isUnlinked)
      assert.equal((await accessToken(identity)).kind, 'token')
      assert.isEmpty((await visitor.get('/account')).alerts)
      assert.lengthOf(await User.all(), 1)
    })

    test(`${driver}: a token that was ended before its time is noticed by the call that uses it`, async ({
      assert,
    }) => {
      const { identity } = await arrived(driver)
      world.server[driver].expireAccessTokens()
      const answer = await askAsPerson(identity, (one, token) => one.consents(token))
      assert.equal(answer.kind, 'answered')
      assert.lengthOf(refreshes(driver), 1)

      world.server[driver].unlink('minjun', `${driver}-client-id`)
      const after = await askAsPerson(identity, (one, token) => one.consents(token))
      assert.deepEqual(after, { kind: 'unlinked' })
    })

    test(`${driver}: a secret that was replaced in the console a moment ago is tried again with the new one`, async ({
      assert,
    }) => {
      const { identity, provider } = await arrived(driver)
      const clientId = `${driver}-client-id`
      await letTokensExpire(world.server)
      const other = new ProviderCredential()
      other.merge({ providerId: provider.id, clientId, status: 'retiring' })
      other.keepSecret('the-new-secret')
      await other.save()
      world.server[driver].appOf(clientId)!.clientSecrets = ['the-new-secret']

      assert.equal((await accessToken(identity)).kind, 'token')
      assert.lengthOf(refreshes(driver), 2)
      assert.isNotNull((await ProviderCredential.findOrFail(other.id)).lastUsedAt)
    })

    test(`${driver}: a wrong secret signs nobody out`, async ({ assert }) => {
      const { identity, visitor } = await arrived(driver)
      await letTokensExpire(world.server)
      world.server[driver].appOf(`${driver}-client-id`)!.clientSecrets = ['another']
      assert.deepEqual(await accessToken(identity), {
        kind: 'unavailable',
        failure: 'secret_refused',
      })
      assert.isTrue(await visitor.isSignedIn())
    })

    test(`${driver}: a sign-in during a refresh wins, and its tokens stay`, async ({ assert }) => {
      const { identity } = await arrived(driver)
      await letTokensExpire(world.server)
      world.server.spoil(PATHS[driver].token, { kind: 'delay', ms: 1_000 })
      const asked = accessToken(identity)
      await new Promise((resolve) => setTimeout(resolve, 200))
      await signInWith(world.server, new Visitor(), driver)
      const { accessToken: newest } = (await identity.refresh()).revealTokens()

      assert.equal(((await asked) as { token: string }).token, newest)
      assert.equal((await identity.refresh()).revealTokens().accessToken, newest)
    })

    test(`${driver}: whoever disconnects during a refresh is disconnected`, async ({ assert }) => {
      const { identity } = await arrived(driver)
      await letTokensExpire(world.server)
      world.server.spoil(PATHS[driver].token, { kind: 'delay', ms: 400 })
      const asked = accessToken(identity)
      await new Promise((resolve) => setTimeout(resolve, 100))
      await identity.delete()
      assert.deepEqual(await asked, { kind: 'unlinked' })
    })
  }

  test('kakao: a new refresh token comes in the last month, and replaces the old one', async ({
    assert,
  }) => {
    const { identity } = await arrived('kakao')
    const before = identity.revealTokens()
    await letTokensExpire(world.server)
    world.server.kakao.ageRefreshTokens(31 * 24 * 60 * 60)
    assert.equal((await accessToken(identity)).kind, 'token')
    const after = (await identity.refresh()).revealTokens()
    assert.notEqual(after.refreshToken, before.refreshToken)

    await letTokensExpire(world.server)
    assert.equal((await accessToken(identity)).kind, 'token')
    assert.equal(refreshes('kakao').at(-1)!.form.get('refresh_token'), after.refreshToken)
  })

  test('kakao: after a rotation to another REST key, tokens are refreshed by the key they came from', async ({
    assert,
  }) => {
    const { identity, provider } = await arrived('kakao')
    const former = await ProviderCredential.firstOrFail()
    const { appId } = world.server.kakao.appOf('kakao-client-id')!
    world.server.kakao.register({ clientId: 'rest-key-2', clientSecrets: ['two'], appId })
    await former.merge({ status: 'retiring' }).save()
    await makeCredential(provider, 'rest-key-2', 'two')
    await letTokensExpire(world.server)
    assert.equal((await accessToken(identity)).kind, 'token')
    assert.equal(refreshes('kakao')[0].form.get('client_id'), 'kakao-client-id')

    /* Once that key is revoked here, nobody is signed out for it. */
    await former.revoke()
    await letTokensExpire(world.server)
    assert.deepEqual(await accessToken(identity), {
      kind: 'unavailable',
      failure: 'credential_revoked',
    })
    assert.isFalse((await identity.refresh()).isUnlinked)
  })

  test('naver: a refused refresh alone proves nothing while the profile can be had, or nobody answers', async ({
    assert,
  }) => {
    const { identity, visitor } = await arrived('naver')
    const refused = faults.json({ error: 'invalid_request', error_description: 'who knows' })
    const expireHere = () =>
      Identity.query().update({
        tokenExpiresAt: sqlTime(now().minus({ minutes: 1 })),
        refreshLeaseUntil: null,
      })

    await expireHere()
    world.server.spoil(PATHS.naver.token, refused)
    assert.deepEqual(await accessToken(identity), {
      kind: 'unavailable',
      failure: 'token_refused',
    })
    for (const silence of [faults.serverError, faults.html, faults.reset]) {
      await expireHere()
      world.server.spoil(PATHS.naver.token, refused)
      world.server.spoil(PATHS.naver.profile, silence, 2)
      assert.equal((await accessToken(identity)).kind, 'unavailable')
      world.server.mend()
    }
    for (const error of ['server_error', 'temporarily_unavailable']) {
      await expireHere()
      world.server.naver.expireAccessTokens()
      world.server.spoil(PATHS.naver.token, faults.json({ error }))
      assert.equal((await accessToken(identity)).kind, 'unavailable', error)
    }
    assert.isTrue(await visitor.isSignedIn())

    await expireHere()
    world.server.spoil(PATHS.naver.token, refused)
    assert.deepEqual(await accessToken(identity), { kind: 'unlinked' })
    assert.isFalse(await visitor.isSignedIn())
  })

  test('a refresh that nobody finished holds the others up until its lease is over, no longer', async ({
    assert,
  }) => {
    const { identity } = await arrived('kakao')
    await letTokensExpire(world.server)
    await Identity.query().update({ refreshLeaseUntil: sqlTime(now().plus({ seconds: 2 })) })
    const begun = performance.now()
    assert.equal((await accessToken(identity)).kind, 'token')
    assert.isAbove(performance.now() - begun, 900)
  })

  test('a key that is lost signs nobody out', async ({ assert }) => {
    const { identity } = await arrived('kakao')
    await Identity.query().update({ accessToken: 'secrets.gcm.v1:nonsense' })
    assert.deepEqual(await accessToken(identity), {
      kind: 'unavailable',
      failure: 'secret_unreadable',
    })
  })
})
