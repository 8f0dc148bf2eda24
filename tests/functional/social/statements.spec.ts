import { test } from '@japa/runner'
import { heardDuring } from '#tests/support/statements'
import { Visitor } from '#tests/support/visitor'
import { makeProvider, startAndConsent, withProviders } from '#tests/support/trip'

/*
 * What a sign-in asks of the database, and what for. A statement more costs everybody
 * who signs in: what is new rides on a read that is here already (docs/performance.md).
 */

/* The buttons. */
const PAGE = ['select providers']

const START = [
  /* Whether the provider is on, and the credential in use. */
  'select providers',
  /* What the callback will be held against. */
  'insert sign_in_attempts',
]

const ARRIVAL = [
  /* The provider, the attempt of this state and its credential. */
  'select providers',
  /* Of several callbacks one goes on. */
  'update sign_in_attempts',
  /* Whose account at the provider this is, and whether anything waits in this browser. */
  'select identities',
]

const NEW = [
  /* Who has proved the address, and what else is here of the newcomer and the browser. */
  'select users',
  /* A limit that is kept in rows: how many addresses this account has shown. */
  'select shown_addresses',
  'insert shown_addresses',
  'insert users',
  'insert identities',
]

const RETURNING = [
  /* Locks the person's row, asks whether it is as it was read, and notes the sign-in. */
  'update users',
  /* The new tokens. */
  'update identities',
]

const SESSION = [
  /* How the attempt ended. */
  'update sign_in_attempts',
  /* Only if the person is still as they were read; their row is locked meanwhile. */
  'insert user_sessions',
]

/* Who is looking. */
const HOME = ['select user_sessions']

test.group('Statements of a sign-in', (group) => {
  const world = withProviders(group)

  async function trip(person: string) {
    const visitor = new Visitor()
    const page = await heardDuring(() => visitor.get('/user/login'))
    let callback = ''
    const start = await heardDuring(async () => {
      callback = await startAndConsent(world.server, visitor, 'kakao', { person })
    })
    const arrival = await heardDuring(() => visitor.get(callback))
    const home = await heardDuring(() => visitor.get('/'))
    return { page, start, arrival, home }
  }

  test('of somebody new, and of somebody who is known', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    /* What only the first sign-in of all learns about the application. */
    await trip('seoyeon')

    const arriving = { page: PAGE, start: [...PAGE, ...START], home: HOME }
    assert.deepEqual(await trip('minjun'), {
      ...arriving,
      arrival: [...ARRIVAL, ...NEW, ...SESSION],
    })
    assert.deepEqual(await trip('minjun'), {
      ...arriving,
      arrival: [...ARRIVAL, ...RETURNING, ...SESSION],
    })
  })
})
