import { test } from '@japa/runner'
import Identity from '#models/identity'
import User from '#models/user'
import { faults } from '#tests/support/servers/provider_server'
import {
  DRIVER_NAMES,
  makeProvider,
  makeUser,
  PATHS,
  startAndConsent,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const profileOf = {
  kakao: (email: string, nickname: string) => ({
    id: 42,
    kakao_account: {
      profile: { nickname, is_default_nickname: false },
      email,
      is_email_valid: true,
      is_email_verified: true,
    },
  }),
  naver: (email: string, nickname: string) => ({
    resultcode: '00',
    message: 'success',
    response: { id: 'somebody-else', email, nickname },
  }),
} as const

test.group('What a provider says of somebody', (group) => {
  const world = withProviders(group)

  /** Comes back from a provider as somebody with this address and this nickname. */
  async function arrive(driver: DriverName, { email = '', nickname = '' }) {
    const visitor = new Visitor()
    const callback = await startAndConsent(world.server, visitor, driver)
    world.server.spoil(PATHS[driver].profile, faults.json(profileOf[driver](email, nickname)))
    return { visitor, answer: await visitor.get(callback) }
  }

  for (const driver of DRIVER_NAMES) {
    for (const email of [
      'victim@naver.com#.attacker.example',
      'victim@naver.com/x',
      'victim@naver.com?x=1',
      'victim@naver.com\\.attacker.example',
      'victim@n%61ver.com',
      'victim@na\u00adver.com',
      'victim@na\u200bver.com',
      'victim@naver\t.com',
      'victim@\nnaver.com',
    ]) {
      test(`${driver}: ${JSON.stringify(email)} is nobody's address, whatever is vouched for`, async ({
        assert,
      }) => {
        const emailPolicy = driver === 'naver' ? 'own_domain' : 'provider_says'
        await makeProvider(world.server, driver, { emailPolicy, requiredFields: [] })
        const victim = await makeUser({ email: 'victim@naver.com', password: 'a long password' })

        const { answer } = await arrive(driver, { email, nickname: '도윤' })
        assert.equal(answer.location, '/')
        const identity = await Identity.firstOrFail()
        assert.notEqual(identity.userId, victim.id)
        assert.isNull(identity.email)
        assert.isNull((await User.findOrFail(identity.userId)).email)
      })
    }

    for (const nickname of [
      '\u3164',
      '\u3164\uffa0 \u115f',
      '\u2800\u2800',
      '\u200b\u200d',
      '\u034f',
    ]) {
      test(`${driver}: the nickname ${JSON.stringify(nickname)} shows nothing, and is asked for`, async ({
        assert,
      }) => {
        await makeProvider(world.server, driver, { requiredFields: ['name'] })
        const { visitor, answer } = await arrive(driver, { nickname })
        assert.notEqual(answer.location, '/')
        assert.isFalse(await visitor.isSignedIn())
        assert.lengthOf(await User.all(), 0)
      })
    }

    for (const [nickname, kept] of [
      ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
      ['\u3164 민준❤️ \u2800', '민준❤️'],
      ['\u1100\u1161\u11a8', '각'],
      ['\u202e김\u0301민준\u200b', '김\u0301민준'],
    ]) {
      test(`${driver}: the nickname ${JSON.stringify(nickname)} is ${kept}`, async ({ assert }) => {
        await makeProvider(world.server, driver, { requiredFields: ['name'] })
        await arrive(driver, { nickname })
        assert.equal((await User.firstOrFail()).name, kept)
      })
    }
  }
})
