import { test } from '@japa/runner'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import ReceivedNotice from '#models/received_notice'
import { now, sqlTime } from '#time/clock'
import { t } from '#tests/support/texts'
import {
  type DriverName,
  makeCredential,
  makeProvider,
  signInWith,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** Every way in which the simulated providers tell that somebody has disconnected. */
const WAYS = [
  { driver: 'naver', notice: 'notice', heard: 204, refused: 403 },
  { driver: 'kakao', notice: 'webhook', heard: 200, refused: 401 },
  { driver: 'kakao', notice: 'event', heard: 202, refused: 400 },
] as const

/** What the provider's page says came of the notice. */
const told = (what: 'accepted' | 'refused', driver: DriverName, status: number) =>
  t(`sandbox.disconnected_${what}`, { person: '김민준', app: `${driver}-client-id`, status })

test.group('Disconnected at the simulated provider', (group) => {
  const world = withProviders(group)
  let provider: Provider
  let visitor: Visitor

  /** Somebody signed in a minute ago: notices tell the time to the second. */
  async function signedIn(driver: 'naver' | 'kakao') {
    provider = await makeProvider(world.server, driver)
    if (driver === 'kakao') {
      world.server.kakao.appOf('kakao-client-id')!.adminKey = 'the-admin-key'
      provider.keepAdminKey('the-admin-key')
      await provider.save()
    }
    visitor = new Visitor()
    await signInWith(world.server, visitor, driver)
    await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })
  }

  for (const { driver, notice, heard, refused } of WAYS) {
    test(`${driver}, ${notice}: the notice is heard, and whoever signs in again is the same`, async ({
      assert,
    }) => {
      await signedIn(driver)
      const said = await world.server.disconnect(driver, { notice })
      assert.equal(said, told('accepted', driver, heard))

      const identity = await Identity.firstOrFail()
      assert.isTrue(identity.isUnlinked)
      assert.isNull(identity.accessToken)
      assert.isFalse(await visitor.isSignedIn())
      assert.equal((await ReceivedNotice.firstOrFail()).result, 'unlinked')

      await signInWith(world.server, visitor, driver)
      const again = await Identity.firstOrFail()
      assert.isFalse(again.isUnlinked)
      assert.equal(again.userId, identity.userId)
      assert.isTrue(await visitor.isSignedIn())
    })

    test(`${driver}, ${notice}: with other keys there than here it is refused, and that is said`, async ({
      assert,
    }) => {
      await signedIn(driver)
      const app = world.server[driver].appOf(`${driver}-client-id`)!
      Object.assign(app, { adminKey: 'another-admin-key', secretInUse: 'another-secret' })
      if (notice === 'event') await ProviderCredential.query().update({ clientId: 'another' })

      const said = await world.server.disconnect(driver, { notice })
      assert.equal(said, told('refused', driver, refused))
      assert.isTrue(await visitor.isSignedIn())
      assert.lengthOf(await ReceivedNotice.all(), 0)
    })
  }

  test('naver: signs with whichever secret was used last, so rotations can be practised', async ({
    assert,
  }) => {
    await signedIn('naver')
    world.server.naver.appOf('naver-client-id')!.clientSecrets.push('rotated')
    await ProviderCredential.query().update({ status: 'retiring' })
    await makeCredential(provider, 'naver-client-id', 'rotated')
    await world.server.disconnect('naver')
    assert.isTrue((await ReceivedNotice.firstOrFail()).byRetiring)

    await signInWith(world.server, visitor, 'naver')
    await Identity.query().update({ linkedAt: sqlTime(now().minus({ minutes: 1 })) })
    await world.server.disconnect('naver')
    const last = await ReceivedNotice.query().orderBy('id', 'desc').firstOrFail()
    assert.isFalse(last.byRetiring)
    assert.equal(last.result, 'unlinked')
  })
})
