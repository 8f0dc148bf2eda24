import { test } from '@japa/runner'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { now, sqlTime } from '#time/clock'
import { aCredential } from '#tests/support/providers'
import {
  DRIVER_NAMES,
  makeProvider,
  PATHS,
  signInWith,
  startAndConsent,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const NEW_SECRET = 'the-secret-issued-just-now'

test.group('A secret that ends while people are at the provider', (group) => {
  const world = withProviders(group)

  const draftOf = (provider: Provider, clientSecret: string, clientId = clientOf(provider)) =>
    aCredential(provider, { clientId, clientSecret })
  const clientOf = ({ key }: Provider) => `${key}-client-id`
  const issue = (provider: Provider, secret = NEW_SECRET) => {
    world.server[provider.key as 'kakao'].appOf(clientOf(provider))!.clientSecrets = [secret]
  }

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: a new one that was only pasted takes its place`, async ({ assert }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      issue(provider)
      const draft = await draftOf(provider, NEW_SECRET)
      assert.equal((await visitor.get(callback)).location, '/')

      /* The page of the rotation tells the administrator so. */
      await draft.refresh()
      assert.equal(draft.status, 'draft')
      assert.isNotNull(draft.lastUsedAt)
      const active = await ProviderCredential.findOrFail(provider.activeCredentialId)
      assert.isNull(active.lastUsedAt)
    })

    test(`${driver}: mistyped ones beside the right one cost nobody the sign-in`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      issue(provider)
      await draftOf(provider, NEW_SECRET)
      await draftOf(provider, 'a-mistyped-secret')
      await draftOf(provider, 'another-mistyped-one')
      assert.equal((await visitor.get(callback)).location, '/')
      assert.equal(world.server.count(PATHS[driver].token), 4)
    })

    test(`${driver}: if it worked a moment ago, the callback waits for the new one`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      await signInWith(world.server, new Visitor(), driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      issue(provider)

      const { location } = await visitor.get(callback)
      assert.equal((await visitor.get(location)).status, 200)
      await draftOf(provider, NEW_SECRET)
      assert.equal((await visitor.get(location)).location, '/')
      assert.isTrue(await visitor.isSignedIn())
    })

    test(`${driver}: if it has not worked lately, the visitor is told at once`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      await ProviderCredential.query().update({ lastUsedAt: sqlTime(now().minus({ hours: 1 })) })
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      issue(provider)

      const begun = performance.now()
      assert.include((await visitor.get(callback)).location, 'failure=secret_refused')
      assert.isBelow(performance.now() - begun, 5_000)
    })

    test(`${driver}: a revoked one is never tried again, nor one of another client`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      issue(provider)
      await (await draftOf(provider, NEW_SECRET)).revoke()
      await draftOf(provider, NEW_SECRET, 'another-client-id')
      assert.include((await visitor.get(callback)).location, 'failure=secret_refused')
      assert.equal(world.server.count(PATHS[driver].token), 1)
    })

    test(`${driver}: who began with a secret that leaked and was revoked ends with its successor`, async ({
      assert,
    }) => {
      const provider = await makeProvider(world.server, driver)
      const leaked = await ProviderCredential.findOrFail(provider.activeCredentialId)
      const visitor = new Visitor()
      const callback = await startAndConsent(world.server, visitor, driver)
      issue(provider)
      const next = await draftOf(provider, NEW_SECRET)
      await next.merge({ status: 'active' }).save()
      await provider.merge({ activeCredentialId: next.id }).save()
      await leaked.revoke()

      assert.equal((await visitor.get(callback)).location, '/')
      assert.equal(
        world.server.lastCallTo(PATHS[driver].token).form.get('client_secret'),
        NEW_SECRET
      )
    })
  }

  test('a code that the provider has refused is not sent again with another secret', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await draftOf(provider, NEW_SECRET)
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, 'kakao')
    world.server.kakao.expireAll()
    assert.include((await visitor.get(callback)).location, 'failure=code_refused')
    assert.equal(world.server.count(PATHS.kakao.token), 1)
    const [attempt] = await SignInAttempt.all()
    assert.deepEqual(
      attempt.steps.map(({ result }) => result),
      ['code_refused']
    )
  })
})
