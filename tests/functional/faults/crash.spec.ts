import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import { CheckData } from '#actions/data/check_data'
import Identity from '#models/identity'
import SignInAttempt from '#models/sign_in_attempt'
import { people } from '#sandbox/people'
import { emptyDatabase } from '#tests/support/database'
import { sizes } from '#tests/support/sizes'
import { seededRandom } from '#tests/support/random'
import { onThisDatabase, spawnServer } from '#tests/support/servers/spawned_process'
import {
  DRIVER_NAMES,
  makeProvider,
  providersAt,
  signInWith,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const SEED = Number(process.env.TEST_SEED ?? 20_261_123)

/*
 * Of an address that Kakao calls another's it depends on which account came first
 * whether its owner is asked for a proof (docs/decisions/0009-addresses-that-change-hands.md).
 */
const comers = people.filter(({ emailValid }) => emailValid)

/** Authorize twice (page and form), token, profile. */
const CALLS_OF_A_TRIP = 4

async function isAnybodyIn() {
  return (await SignInAttempt.query().whereNotNull('outcome').first()) !== null
}

/*
 * A process killed at any step of a trip, with real processes on the database of
 * the tests. Whatever is left must be whole, and everybody can simply try again.
 */
test.group('Sign-ins in a process that is killed', (group) => {
  const world = withProviders(group)

  test('leave nothing half-made, and everybody gets in at the next try', async ({
    assert,
    cleanup,
  }) => {
    const random = seededRandom(SEED)
    const settings = onThisDatabase({
      ...providersAt(world.server.origin),
      LOG_LEVEL: 'error',
      RATE_LIMIT_SCALE: '1000',
    })
    const reached = { asked: 0, claimed: 0, finished: 0 }

    let server = await spawnServer(settings)
    cleanup(async () => {
      await server.kill()
    })
    for (let round = 0; round < sizes.crashes; round++) {
      const where = `seed ${SEED}, round ${round}`
      await emptyDatabase()
      world.server.reset()
      for (const driver of DRIVER_NAMES) {
        await makeProvider(world.server, driver, { requiredFields: [], emailPolicy: 'trusted' })
      }

      /*
       * Everybody at once. The end comes among their calls to the providers, later from round
       * to round, and in the last one when the first of them is in.
       */
      const { url } = server
      const busy = Promise.allSettled(
        comers.flatMap(({ slug: person }) =>
          DRIVER_NAMES.map((driver) =>
            signInWith(world.server, new Visitor({ base: url }), driver, { person })
          )
        )
      )
      let done = false
      void busy.then(() => (done = true))
      const share = (round + random()) / sizes.crashes
      const calls = share * comers.length * DRIVER_NAMES.length * CALLS_OF_A_TRIP
      while (!done && world.server.calls.length < calls) await wait(1)
      await wait(random() * 20)
      const isLast = round === sizes.crashes - 1
      while (!done && isLast && !(await isAnybodyIn())) await wait(1)
      await server.kill()
      await busy

      for (const attempt of await SignInAttempt.query()) {
        const { claimedAt, outcome } = attempt
        reached[outcome ? 'finished' : claimedAt ? 'claimed' : 'asked']++
      }
      assert.deepEqual((await new CheckData().lookForDamage()).findings, [], where)

      server = await spawnServer(settings)
      assert.isTrue(server.live, server.printed.stderr)
      for (const driver of DRIVER_NAMES) {
        for (const { slug: person } of comers) {
          const visitor = new Visitor({ base: server.url })
          await signInWith(world.server, visitor, driver, { person })
          assert.isTrue(await visitor.isSignedIn(), `${person} by ${driver}, ${where}`)
        }
      }
      const identities = await Identity.query()
      assert.lengthOf(identities, comers.length * DRIVER_NAMES.length, where)
    }

    /* A kill that always comes too early or too late would prove nothing. */
    for (const [state, count] of Object.entries(reached)) assert.isAbove(count, 0, state)
  }).timeout(sizes.crashes * 20_000)
})
