import { test } from '@japa/runner'
import Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import PendingIdentity from '#models/pending_identity'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import Revocation from '#models/revocation'
import User from '#models/user'
import { EndLinks } from '#jobs/end_links'
import { Prune } from '#jobs/prune'
import { now, sqlTime } from '#time/clock'
import { accessToken } from '#actions/links/access_token'
import { DRIVERS } from '#protocol/drivers'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { MEMBER, MEMBER_PASSWORD, signedInMember, tripFrom } from '#tests/support/people/member'
import { faults, type Fault } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
import {
  DRIVER_NAMES,
  makeCredential,
  makeProvider,
  PATHS,
  providersAt,
  signInWith,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import { Visitor, type Page } from '#tests/support/visitor'

const METHODS = '/account/sign_in_methods'
const WITHDRAWAL = '/account/withdrawal'

/** Where each provider takes the call that ends a link. */
const END = { kakao: '/v1/user/unlink', naver: '/oauth2.0/revoke' } as const

const work = () => new EndLinks().handle()

/** Lets the pause before the next try pass. */
const letPausePass = () => Revocation.query().update({ nextAt: sqlTime(now()), leaseUntil: null })

/** Lets days pass for everything that waits to be ended. */
async function letDaysPass(days: number) {
  for (const revocation of await Revocation.all()) {
    await revocation.merge({ createdAt: revocation.createdAt.minus({ days }) }).save()
  }
  await letPausePass()
}

test.group('Ending links at providers', (group) => {
  const world = withProviders(group)

  const isLinked = (driver: DriverName) =>
    world.server[driver].isLinked('minjun', `${driver}-client-id`)

  /** Somebody with a password, who is also connected to a provider. */
  async function connected(driver: DriverName) {
    const provider = await makeProvider(world.server, driver)
    const { user, visitor } = await signedInMember()
    await tripFrom(world.server, visitor, METHODS, driver, { intent: 'link' })
    const identity = await Identity.firstOrFail()
    const disconnect = async (): Promise<Page> =>
      visitor.submit(await visitor.get(METHODS), `${METHODS}/${identity.publicId}/disconnect`)
    const withdraw = async (): Promise<Page> =>
      visitor.submit(await visitor.get(WITHDRAWAL), WITHDRAWAL, { understood: 'true' })
    return { provider, user, visitor, identity, disconnect, withdraw }
  }

  for (const driver of DRIVER_NAMES) {
    for (const way of ['disconnect', 'withdraw'] as const) {
      test(`${driver}: ${way} ends the link at the provider too, once`, async ({ assert }) => {
        const one = await connected(driver)
        await one[way]()
        assert.lengthOf(await Identity.all(), 0)
        assert.equal(world.server.count(END[driver]), 0)

        const results = await Promise.all([work(), work(), work()])
        assert.equal(
          results.reduce((sum, { ended }) => sum + ended, 0),
          1
        )
        assert.isFalse(isLinked(driver))
        assert.equal(world.server.count(END[driver]), 1)
        assert.lengthOf(await Revocation.all(), 0)
      })

      test(`${driver}: ${way} is done at once with the provider down, and there when it is back`, async ({
        assert,
      }) => {
        const one = await connected(driver)
        world.server.spoil('*', faults.hang, Infinity)
        const begun = performance.now()
        await one[way]()
        assert.isBelow(performance.now() - begun, 3_000)
        assert.lengthOf(await Identity.all(), 0)
        assert.lengthOf(await User.all(), way === 'withdraw' ? 0 : 1)

        assert.equal((await work()).putOff, 1)
        world.server.mend()
        assert.deepEqual(await work(), { ended: 0, dropped: 0, putOff: 0, givenUp: 0 })
        assert.isTrue(isLinked(driver))
        await letPausePass()
        assert.equal((await work()).ended, 1)
        assert.isFalse(isLinked(driver))
        assert.lengthOf(await Revocation.all(), 0)
      })
    }

    test(`${driver}: a password reset that disconnects everything ends the links too`, async ({
      assert,
    }) => {
      await connected(driver)
      const visitor = new Visitor()
      const forgot = await visitor.get('/user/password/forgot')
      await visitor.submit(forgot, '/user/password/forgot', { email: MEMBER })
      const { url } = (await lastMailTo(MEMBER)).data as { url: string }
      await visitor.submit(await visitor.get(url), url, {
        password: 'three brisk otters swim',
        disconnectAll: 'true',
      })
      assert.lengthOf(await Identity.all(), 0)
      assert.equal((await work()).ended, 1)
      assert.isFalse(isLinked(driver))
    })

    test(`${driver}: signing out ends nothing at the provider`, async ({ assert }) => {
      const { visitor } = await connected(driver)
      await visitor.submit(await visitor.get('/'), '/user/logout')
      assert.lengthOf(await Revocation.all(), 0)
      await work()
      assert.isTrue(isLinked(driver))
    })

    test(`${driver}: whoever connects again keeps the new link`, async ({ assert }) => {
      const { visitor, disconnect } = await connected(driver)
      await disconnect()
      await tripFrom(world.server, visitor, METHODS, driver, { intent: 'link' })
      assert.lengthOf(await Revocation.all(), 0)
      await work()
      assert.isTrue(isLinked(driver))
      assert.equal(world.server.count(END[driver]), 0)
      assert.equal((await accessToken(await Identity.firstOrFail())).kind, 'token')
    })

    test(`${driver}: whoever left and comes back keeps the new link`, async ({ assert }) => {
      const { withdraw } = await connected(driver)
      await withdraw()
      await signInWith(world.server, new Visitor(), driver)
      await work()
      assert.isTrue(isLinked(driver))
      assert.equal(world.server.count(END[driver]), 0)
    })

    test(`${driver}: connected again between two calls of one try, it stays connected`, async ({
      assert,
    }) => {
      const { visitor, disconnect } = await connected(driver)
      await disconnect()
      /* The first secret is refused, slowly; meanwhile the person is back. */
      const refusal =
        driver === 'naver'
          ? faults.json({ error: 'unauthorized_client' }, 401)
          : faults.json({ msg: 'this access token does not exist', code: -401 }, 401)
      const other = new ProviderCredential()
      const provider = await Provider.firstOrFail()
      const clientId = `${driver}-client-id`
      other.merge({ providerId: provider.id, clientId, status: 'retiring' })
      other.keepSecret(`${driver}-client-secret`)
      await other.save()

      let relinked: Promise<unknown> | undefined
      world.server.beforeAnswer = async (path) => {
        if (path !== END[driver] || relinked) return
        relinked = tripFrom(world.server, visitor, METHODS, driver, { intent: 'link' })
        await relinked
      }
      world.server.spoil(END[driver], refusal)
      const outcome = await work()
      assert.equal(outcome.dropped, 1)
      assert.equal(world.server.count(END[driver]), 1)
      assert.isTrue(isLinked(driver))
      assert.lengthOf(await Identity.all(), 1)
    })

    test(`${driver}: while that account waits in a browser to be linked again, nothing is ended`, async ({
      assert,
    }) => {
      const { provider, identity, disconnect } = await connected(driver)
      await disconnect()
      const pending = new PendingIdentity()
      pending.merge({ browserHash: 'x', providerId: provider.id, subject: identity.subject })
      pending.merge({ purpose: 'prove', expiresAt: now().plus({ minutes: 5 }), tries: 0 })
      pending.keepProfile({} as never)
      await pending.save()
      assert.equal((await work()).putOff, 1)
      assert.equal(world.server.count(END[driver]), 0)
      assert.equal((await Revocation.firstOrFail()).tries, 0)

      await pending.delete()
      await letPausePass()
      assert.equal((await work()).ended, 1)
    })

    test(`${driver}: a provider that is switched off is told all the same`, async ({ assert }) => {
      const { provider, disconnect } = await connected(driver)
      await disconnect()
      await provider.merge({ enabled: false }).save()
      assert.equal((await work()).ended, 1)
      assert.isFalse(isLinked(driver))
    })

    test(`${driver}: after a rotation it is still ended, by a secret of the same client`, async ({
      assert,
    }) => {
      const { provider, disconnect } = await connected(driver)
      const former = await ProviderCredential.firstOrFail()
      const clientId = `${driver}-client-id`
      world.server[driver].appOf(clientId)!.clientSecrets = ['rotated']
      await former.revoke()
      await makeCredential(provider, clientId, 'rotated')
      world.server[driver].expireAccessTokens()
      await disconnect()
      assert.equal((await work()).ended, 1)
      assert.isFalse(isLinked(driver))
    })

    const troubles: [string, Fault, string][] = [
      ['out of reach', faults.reset, 'provider_unreachable ECONNRESET'],
      ['answering 503', faults.serverError, 'provider_unavailable 503'],
      ['answering with HTML', faults.html, 'answer_unreadable 200'],
      ['busy', faults.tooManyRequests(3_600), 'provider_busy 429'],
    ]
    for (const [trouble, fault, reason] of troubles) {
      test(`${driver}: ${trouble}, it is asked again after longer and longer pauses`, async ({
        assert,
      }) => {
        const { disconnect } = await connected(driver)
        await disconnect()
        world.server.spoil('*', fault, Infinity)
        const pauses = []
        for (let tries = 1; tries <= 9; tries++) {
          assert.equal((await work()).putOff, 1)
          const revocation = await Revocation.firstOrFail()
          assert.equal(revocation.tries, tries)
          assert.equal(revocation.lastError, reason)
          assert.isNull(revocation.leaseUntil)
          pauses.push(Math.round(revocation.nextAt.diff(now(), 'minutes').minutes))
          await letPausePass()
        }
        assert.deepEqual(pauses, [1, 5, 15, 60, 180, 360, 720, 1440, 1440])
      })
    }

    test(`${driver}: after seven days it is given up, and the person is told how to end it by hand`, async ({
      assert,
    }) => {
      const { withdraw } = await connected(driver)
      await withdraw()
      world.server.spoil('*', faults.serverError, Infinity)
      await work()
      await letDaysPass(7)
      assert.equal((await work()).givenUp, 1)

      const letter = await lastMailTo(MEMBER)
      assert.equal(letter.template, 'link_remains')
      assert.deepEqual(letter.data, {
        provider: DRIVERS[driver].defaults.label,
        driver,
      })
      const revocation = await Revocation.firstOrFail()
      assert.isNotNull(revocation.givenUpAt)
      assert.isNull(revocation.contact)
      assert.deepEqual(await work(), { ended: 0, dropped: 0, putOff: 0, givenUp: 0 })

      await new Prune().handle()
      assert.lengthOf(await Revocation.all(), 1)
      await letDaysPass(8)
      assert.equal((await new Prune().handle()).revocations, 1)
      assert.lengthOf(await Revocation.all(), 0)
    })

    test(`${driver}: no table keeps a token or an address in clear`, async ({ assert }) => {
      const { withdraw, identity } = await connected(driver)
      const { accessToken: token, refreshToken } = identity.revealTokens()
      await withdraw()
      const row = JSON.stringify((await Revocation.firstOrFail()).$attributes)
      for (const secret of [token!, refreshToken!, MEMBER]) assert.notInclude(row, secret)
      assert.notEqual((await Revocation.firstOrFail()).accessToken, identity.accessToken)
    })

    test(`${driver}: whose link was ended there by themselves has none to end`, async ({
      assert,
    }) => {
      const { identity, disconnect } = await connected(driver)
      await identity.merge({ unlinkedAt: now(), accessToken: null, refreshToken: null }).save()
      await disconnect()
      assert.lengthOf(await Identity.all(), 0)
      assert.lengthOf(await Revocation.all(), 0)
    })

    test(`${driver}: one that the person has ended there meanwhile counts as ended`, async ({
      assert,
    }) => {
      const { disconnect } = await connected(driver)
      await disconnect()
      world.server[driver].unlink('minjun', `${driver}-client-id`)
      assert.equal((await work()).ended, 1)
      assert.lengthOf(await OutgoingMail.query().where('template', 'link_remains'), 0)
    })
  }

  test('naver: by POST to /oauth2.0/revoke with the refresh token, and never by grant_type=delete', async ({
    assert,
  }) => {
    const { identity, disconnect } = await connected('naver')
    const { refreshToken } = identity.revealTokens()
    await disconnect()
    await work()
    const call = world.server.lastCallTo('/oauth2.0/revoke')
    assert.equal(call.method, 'POST')
    assert.deepEqual(Object.fromEntries(call.form), {
      client_id: 'naver-client-id',
      client_secret: 'naver-client-secret',
      token: refreshToken!,
      token_type_hint: 'refresh_token',
    })
    assert.isFalse(world.server.calls.some(({ form }) => form.get('grant_type') === 'delete'))
  })

  test('naver: a wrong secret is no end; the newest other one is tried', async ({ assert }) => {
    const { provider, disconnect } = await connected('naver')
    world.server.naver.appOf('naver-client-id')!.clientSecrets = ['rotated']
    await disconnect()
    assert.equal((await work()).putOff, 1)
    assert.equal((await Revocation.firstOrFail()).lastError, 'secret_refused unauthorized_client')

    const other = new ProviderCredential()
    other.merge({ providerId: provider.id, clientId: 'naver-client-id', status: 'retiring' })
    other.keepSecret('rotated')
    await other.save()
    await letPausePass()
    assert.equal((await work()).ended, 1)
  })

  test('naver: every key of that client revoked, it waits for a new one', async ({ assert }) => {
    const { provider, disconnect } = await connected('naver')
    await disconnect()
    await provider.merge({ enabled: false, activeCredentialId: null }).save()
    await (await ProviderCredential.firstOrFail()).revoke()
    assert.equal((await work()).putOff, 1)
    assert.equal((await Revocation.firstOrFail()).lastError, 'credential_revoked')
    assert.equal(world.server.count('/oauth2.0/revoke'), 0)

    await makeCredential(provider, 'naver-client-id', 'naver-client-secret')
    await letPausePass()
    assert.equal((await work()).ended, 1)
  })

  test('naver: without any token there is nothing to ask with, and the person is told at once', async ({
    assert,
  }) => {
    const { identity, disconnect } = await connected('naver')
    await identity.merge({ accessToken: null, refreshToken: null }).save()
    await disconnect()
    assert.equal((await work()).givenUp, 1)
    assert.equal((await lastMailTo(MEMBER)).template, 'link_remains')
    assert.equal(world.server.count('/oauth2.0/revoke'), 0)
  })

  test('kakao: an expired access token is refreshed first', async ({ assert }) => {
    const { disconnect } = await connected('kakao')
    world.server.kakao.expireAccessTokens()
    await disconnect()
    assert.equal((await work()).ended, 1)
    assert.isFalse(isLinked('kakao'))
    assert.equal(world.server.count(END.kakao), 2)
  })

  test('kakao: of an answer that was lost, the second call makes nothing of it', async ({
    assert,
  }) => {
    const { disconnect } = await connected('kakao')
    await disconnect()
    /* It was done, and the connection broke before we heard. */
    world.server.spoil(END.kakao, { kind: 'break_off', bytes: 3 })
    assert.equal((await work()).putOff, 1)
    assert.isFalse(isLinked('kakao'))
    await letPausePass()
    assert.equal((await work()).ended, 1)
    assert.lengthOf(await OutgoingMail.query().where('template', 'link_remains'), 0)
  })

  test('kakao: with tokens that have expired for good it is ended by the admin key', async ({
    assert,
  }) => {
    const { provider, identity, disconnect } = await connected('kakao')
    world.server.kakao.appOf('kakao-client-id')!.adminKey = 'the-admin-key'
    await identity.merge({ tokenExpiresAt: now().minus({ days: 61 }) }).save()
    await disconnect()
    world.server.kakao.expireAll()
    assert.equal((await work()).putOff, 1)
    assert.equal((await Revocation.firstOrFail()).lastError, 'admin_key_missing')

    provider.keepAdminKey('the-former-admin-key')
    await provider.save()
    await letPausePass()
    await work()
    assert.equal((await Revocation.firstOrFail()).lastError, 'admin_key_refused')

    provider.keepAdminKey('the-admin-key')
    await provider.save()
    await letPausePass()
    assert.equal((await work()).ended, 1)
    assert.isFalse(isLinked('kakao'))
    const call = world.server.lastCallTo(END.kakao)
    assert.equal(call.headers.authorization, 'KakaoAK the-admin-key')
    assert.equal(call.form.get('target_id'), identity.subject)
    assert.equal(call.form.get('target_id_type'), 'user_id')
  })

  test('kakao: nobody of that id linked (-101) is the end we want', async ({ assert }) => {
    const { provider, identity, disconnect } = await connected('kakao')
    world.server.kakao.appOf('kakao-client-id')!.adminKey = 'the-admin-key'
    provider.keepAdminKey('the-admin-key')
    await provider.save()
    await identity.merge({ accessToken: null, refreshToken: null }).save()
    world.server.kakao.unlink('minjun', 'kakao-client-id')
    await disconnect()
    assert.equal((await work()).ended, 1)
  })

  test('kakao: an id beyond 2^53 reaches the provider digit by digit', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const { visitor } = await signedInMember({ email: 'own@example.com' })
    await tripFrom(world.server, visitor, METHODS, 'kakao', { intent: 'link', person: 'yerin' })
    world.server.kakao.appOf('kakao-client-id')!.adminKey = 'the-admin-key'
    provider.keepAdminKey('the-admin-key')
    await provider.save()
    const identity = await Identity.firstOrFail()
    await identity.merge({ accessToken: null, refreshToken: null }).save()
    await visitor.submit(await visitor.get(METHODS), `${METHODS}/${identity.publicId}/disconnect`)
    assert.equal((await work()).ended, 1)
    assert.isFalse(world.server.kakao.isLinked('yerin', 'kakao-client-id'))
  })

  test('a refresh under way when the link is ended here hands its tokens over', async ({
    assert,
  }) => {
    const { identity, disconnect } = await connected('kakao')
    world.server.kakao.expireAccessTokens()
    world.server.kakao.ageRefreshTokens(31 * 24 * 60 * 60)
    await Identity.query().update({ tokenExpiresAt: sqlTime(now().minus({ minutes: 1 })) })
    world.server.spoil(PATHS.kakao.token, { kind: 'delay', ms: 700 })
    const asked = accessToken(identity)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await disconnect()
    /* Not before the refresh must be over. */
    assert.deepEqual(await work(), { ended: 0, dropped: 0, putOff: 0, givenUp: 0 })
    await asked

    await letPausePass()
    assert.equal((await work()).ended, 1)
    assert.isFalse(isLinked('kakao'))
  })

  test('a lost key keeps nobody from leaving', async ({ assert }) => {
    const { withdraw } = await connected('naver')
    await Identity.query().update({ accessToken: 'secrets.gcm.v1:x', refreshToken: 'nonsense' })
    await withdraw()
    assert.lengthOf(await User.all(), 0)
    assert.equal((await work()).givenUp, 1)
  })

  test('who has no proved address is told at the one that the provider showed', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'naver')
    await visitor.submit(await visitor.get(WITHDRAWAL), WITHDRAWAL, { understood: 'true' })
    world.server.spoil('*', faults.reset, Infinity)
    await letDaysPass(7)
    assert.equal((await work()).givenUp, 1)
    assert.equal((await lastMailTo('minjun@example.com')).template, 'link_remains')
  })

  test('who has no address at all is not told, and nothing breaks', async ({ assert }) => {
    await makeProvider(world.server, 'kakao', { requiredFields: ['name'] })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao', { person: 'haneul' })
    await visitor.submit(await visitor.get(WITHDRAWAL), WITHDRAWAL, { understood: 'true' })
    world.server.spoil('*', faults.reset, Infinity)
    await letDaysPass(7)
    assert.equal((await work()).givenUp, 1)
    assert.lengthOf(await queuedMails(), 0)
  })

  test('a withdrawal that was scheduled ends the link as well', async ({ assert }) => {
    const { user } = await connected('naver')
    const { WithdrawDue } = await import('#jobs/withdraw_due')
    await user.merge({ withdrawAt: now().minus({ minutes: 1 }), password: MEMBER_PASSWORD }).save()
    assert.equal((await new WithdrawDue().handle()).withdrawn, 1)
    assert.equal((await work()).ended, 1)
    assert.isFalse(isLinked('naver'))
  })

  test('the withdrawal page says what happens to the link', async ({ assert }) => {
    const { visitor } = await connected('naver')
    const page = await visitor.get(WITHDRAWAL)
    assert.include(page.words, t('account.withdrawal.provider'))
  })

  test('two servers end each link once, also one that was killed in the middle', async ({
    assert,
  }) => {
    const { disconnect } = await connected('kakao')
    const settings = onThisDatabase(providersAt(world.server.origin))
    const until = async (holds: () => boolean | Promise<boolean>) => {
      for (let waited = 0; waited < 20_000; waited += 50) {
        if (await holds()) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error('It did not come to that')
    }

    const first = await spawnServer(settings, { patienceMs: 60_000 })
    world.server.spoil(END.kakao, faults.hang)
    await disconnect()
    await until(() => world.server.count(END.kakao) === 1)
    await first.kill()
    const left = await Revocation.firstOrFail()
    assert.isAbove(+left.leaseUntil!, +now())
    assert.equal((await work()).ended, 0)

    /* Half a minute later. */
    const servers = await Promise.all([
      spawnServer(settings, { patienceMs: 60_000 }),
      spawnServer(settings, { patienceMs: 60_000 }),
    ])
    await Revocation.query().update({ leaseUntil: sqlTime(now().minus({ seconds: 1 })) })
    await until(async () => (await Revocation.all()).length === 0)
    for (const server of servers) assert.equal(await server.stop(), 0)
    assert.equal(world.server.count(END.kakao), 2)
    assert.isFalse(isLinked('kakao'))
  }).timeout(90_000)
})
