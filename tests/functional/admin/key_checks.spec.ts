import { test } from '@japa/runner'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { faults } from '#tests/support/servers/provider_server'
import { aCredential } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { DRIVER_NAMES, makeProvider, PATHS, withProviders } from '#tests/support/trip'

const verdict = (kind: 'right' | 'wrong' | 'not_checked', { label }: Provider) =>
  t(`trial.checks.${kind}`, { provider: label })

test.group('Checking keys', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
  })

  async function check(provider: Provider, credential: ProviderCredential) {
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    const answer = await admin.submit(page, `/admin/credentials/${credential.publicId}/checks`)
    await credential.refresh()
    return admin.get(answer.location)
  }

  for (const driver of DRIVER_NAMES) {
    const clientId = `${driver}-client-id`
    const clientSecret = `${driver}-client-secret`

    test(`${driver}: right keys are told from wrong ones, and the page says what to do`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver, { enabled: false })
      const [right, wrongSecret, wrongClient] = [
        await aCredential(provider, { clientId, clientSecret }),
        await aCredential(provider, { clientId, clientSecret: 'mistyped-secret' }),
        await aCredential(provider, { clientId: 'nobody', clientSecret }),
      ]

      const page = await check(provider, right)
      assert.include(page.words, verdict('right', provider))
      assert.equal(right.checkResult, 'ok')
      assert.isNotNull(right.checkedAt)

      const wrong = await check(provider, wrongSecret)
      assert.include(wrong.alerts.join(), verdict('wrong', provider))
      assert.equal(wrongSecret.checkResult, 'secret_refused')
      assert.equal(wrongSecret.checkCode, driver === 'kakao' ? 'KOE010' : 'invalid_request')
      const cause = driver === 'kakao' ? 'kakao.KOE010' : 'naver.secret_refused'
      assert.include(wrong.words, t(`diagnoses.${cause}.what`))

      const unknown = await check(provider, wrongClient)
      assert.include(unknown.alerts.join(), verdict('wrong', provider))
      assert.equal(
        wrongClient.checkResult,
        driver === 'kakao' ? 'client_unknown' : 'secret_refused'
      )
      for (const secret of [clientSecret, 'mistyped-secret']) {
        assert.notInclude(admin.everythingSeen, secret)
      }
    })

    test(`${driver}: one call with an invented code, another each time, and nobody signs in`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
      await check(provider, credential)
      await check(provider, credential)

      assert.sameMembers(
        world.server.calls.map(({ path }) => path),
        [PATHS[driver].token, PATHS[driver].token]
      )
      const codes = world.server.calls.map(({ form }) => form.get('code'))
      assert.isTrue(codes.every(Boolean))
      assert.notEqual(codes[0], codes[1])
      assert.isNull(credential.lastUsedAt)
    })

    for (const [how, fault] of [
      ['is down', faults.serverError],
      ['cuts the connection', faults.reset],
      ['answers with HTML', faults.html],
      ['takes any code', faults.json({ access_token: 'abc', token_type: 'bearer' })],
    ] as const) {
      test(`${driver}: could not be checked when the provider ${how}`, async ({ assert }) => {
        const provider = await makeProvider(world.server, driver)
        const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
        world.server.spoil(PATHS[driver].token, fault, Infinity)
        const page = await check(provider, credential)
        assert.include(page.alerts.join(), verdict('not_checked', provider))
        assert.notEqual(credential.checkResult, 'ok')
        assert.equal(world.server.count(PATHS[driver].token), 1)
      })

      test(`${driver}: a provider that ${how} does not keep new keys from being saved`, async ({
        assert,
      }) => {
        const provider = await makeProvider(world.server, driver)
        world.server.spoil(PATHS[driver].token, fault, Infinity)
        const path = `/admin/providers/${provider.publicId}`
        const saved = await admin.fillIn(`${path}/credentials/create`, {
          clientId,
          clientSecret: 'Zq3-vErY.secret_7w',
        })
        assert.equal(saved.status, 303)
        const draft = await ProviderCredential.findByOrFail('status', 'draft')
        assert.equal(draft.revealSecret(), 'Zq3-vErY.secret_7w')
        assert.isNotNull(draft.checkedAt)
        const page = await admin.get(path)
        assert.include(page.words, t('admin.notices.credential_added'))
        assert.include(page.words, verdict('not_checked', provider))
      })
    }

    test(`${driver}: new keys are checked as they are saved, wrong ones too`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const path = `/admin/providers/${provider.publicId}`
      world.server[driver].appOf(clientId)!.clientSecrets.push('a-new-secret')
      for (const [secret, kind] of [
        ['a-new-secret', 'right'],
        ['mistyped-secret', 'wrong'],
      ] as const) {
        await admin.fillIn(`${path}/credentials/create`, { clientId, clientSecret: secret })
        const page = await admin.get(path)
        assert.include(page.words, t('admin.notices.credential_added'))
        assert.include(page.words, verdict(kind, provider))
      }
      const results = await ProviderCredential.query().where('status', 'draft').orderBy('id')
      assert.deepEqual(
        results.map(({ checkResult }) => checkResult),
        ['ok', 'secret_refused']
      )
    })

    test(`${driver}: a provider that is added with keys has them checked`, async ({ assert }) => {
      world.server[driver].register({ clientId, clientSecrets: [clientSecret] })
      const saved = await admin.fillIn('/admin/providers/create', {
        driver,
        clientId,
        clientSecret: 'mistyped-secret',
      })
      const page = await admin.get(saved.location)
      assert.include(page.words, t('admin.notices.created'))
      assert.include(page.alerts.join(), verdict('wrong', await Provider.firstOrFail()))
      assert.equal(world.server.count(PATHS[driver].token), 1)
    })
  }

  test('kakao: without a secret is right only where the console does without', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const draft = new ProviderCredential()
    draft.fill({ providerId: provider.id, clientId: 'kakao-client-id', status: 'draft' })
    await draft.save()
    assert.include((await check(provider, draft)).words, t('diagnoses.kakao.KOE010.what'))
    /* An empty one would be a wrong one. */
    assert.isFalse(world.server.lastCallTo(PATHS.kakao.token).form.has('client_secret'))

    world.server.kakao.appOf('kakao-client-id')!.clientSecrets = []
    assert.include((await check(provider, draft)).words, verdict('right', provider))
  })

  test('a revoked key is not checked, and one that cannot be read says so', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'naver')
    const draft = await aCredential(provider, { clientId: 'naver-client-id' })
    await draft.merge({ clientSecret: 'of another key' }).save()
    const unread = await check(provider, draft)
    assert.include(unread.words, t('diagnoses.general.secret_unreadable.what'))

    await draft.revoke()
    const page = await admin.get(`/admin/providers/${provider.publicId}`)
    const pressed = await admin.submit(page, `/admin/credentials/${draft.publicId}/checks`)
    assert.include((await admin.get(pressed.location)).alerts.join(), t('admin.problems.revoked'))
    assert.lengthOf(world.server.calls, 0)
  })

  test('a provider that never answers is given up', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const credential = await ProviderCredential.findOrFail(provider.activeCredentialId)
    world.server.spoil(PATHS.kakao.token, faults.hang)
    const page = await check(provider, credential)
    assert.include(page.alerts.join(), verdict('not_checked', provider))
    assert.equal(credential.checkResult, 'provider_timeout')
  })
})
