import { test } from '@japa/runner'
import { Prune } from '#jobs/prune'
import Provider from '#models/provider'
import ShownAddress from '#models/shown_address'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { multiplyLimits } from '#tests/support/limits'
import { faults } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, PATHS, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

/* Behind it stands the mark of the browser. */
const REFUSED = /^\/user\/login\?failure=too_many_addresses&provider=naver&mark=[\w-]{22}$/

test.group('Limits: addresses that an account at a provider shows', (group) => {
  const world = withProviders(group)

  /** One trip of an account at Naver whose owner has just set this address there. */
  function show(
    email: string | null,
    id = 'id-of-the-asker',
    visitor = new Visitor()
  ): Promise<Page> {
    const response = { id, name: '묻는이', nickname: '묻는이', ...(email && { email }) }
    const answer = faults.json({ resultcode: '00', message: 'success', response })
    world.server.spoil(PATHS.naver.profile, answer)
    return signInWith(world.server, visitor, 'naver')
  }

  /** Three addresses that have an account, each of which leads to the page that asks for proof. */
  async function showThree() {
    for (const name of ['first', 'second', 'third']) {
      await makeUser({ email: `${name}@example.com` })
      assertProof(await show(`${name}@example.com`))
    }
  }

  function assertProof({ location }: Page) {
    if (location !== '/user/login/prove') throw new Error(`It led to ${location}`)
  }

  group.each.setup(async () => {
    await makeProvider(world.server, 'naver')
  })

  test('three a day; the fourth fails in the same way, known here or not', async ({ assert }) => {
    await makeUser({ email: 'member@example.com' })
    await showThree()
    const people = (await User.all()).length

    for (const email of ['member@example.com', 'nobody@example.com', 'member@example.com']) {
      assert.match((await show(email)).location, REFUSED)
    }
    assert.lengthOf(await User.all(), people)
    const visitor = new Visitor()
    const refused = await show('member@example.com', undefined, visitor)
    const page = await visitor.get(refused.location)
    const { label } = await Provider.firstOrFail()
    assert.include(page.alerts, t('failures.too_many_addresses', { provider: label }))
    assert.notInclude(page.text, 'example.com')
  })

  test('one of the three may be shown again, as often as it likes', async ({ assert }) => {
    await showThree()
    for (let time = 0; time < 3; time++) assertProof(await show('second@example.com'))
    assert.lengthOf(await ShownAddress.all(), 3)
  })

  test('another account at the provider has three of its own', async () => {
    await showThree()
    assertProof(await show('first@example.com', 'id-of-another'))
  })

  test('trips at once share the three places', async ({ assert }) => {
    for (let at = 0; at < 12; at++) await makeUser({ email: `member${at}@example.com` })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => show(`member${at}@example.com`))
    )
    const led = answers.map(({ location }) => location)
    assert.lengthOf(
      led.filter((location) => location === '/user/login/prove'),
      3
    )
    assert.lengthOf(
      led.filter((location) => REFUSED.test(location)),
      9
    )
  })

  test('a day later the places are free again', async ({ assert }) => {
    await showThree()
    await makeUser({ email: 'fourth@example.com' })
    const yesterday = sqlTime(now().minus({ hours: 24, minutes: 1 }))
    const [first] = await ShownAddress.query().orderBy('id')
    await ShownAddress.query().where('id', first.id).update({ createdAt: yesterday })

    assertProof(await show('fourth@example.com'))
    assert.match((await show('fifth@example.com')).location, REFUSED)
    assert.match((await show('first@example.com')).location, REFUSED)
  })

  test('who is known here may change the address as often as they like', async ({ assert }) => {
    for (let time = 0; time < 5; time++) {
      assert.equal((await show(`address${time}@example.com`)).location, '/')
    }
    assert.lengthOf(await User.all(), 1)
    assert.lengthOf(await ShownAddress.all(), 1)
  })

  test('rows hold hashes, and are deleted when they are old', async ({ assert }) => {
    await showThree()
    const stored = JSON.stringify((await ShownAddress.all()).map(({ $attributes }) => $attributes))
    assert.notMatch(stored, /@|example|asker/)

    await ShownAddress.query().update({ createdAt: sqlTime(now().minus({ days: 3 })) })
    assert.deepInclude(await new Prune().handle(), { shown_addresses: 3 })
    assert.lengthOf(await ShownAddress.all(), 0)
  })

  test('RATE_LIMIT_SCALE multiplies this too', async ({ assert }) => {
    await showThree()
    await makeUser({ email: 'fourth@example.com' })
    assertProof(await show('fourth@example.com'))
    assert.lengthOf(await ShownAddress.all(), 4)
  }).setup(() => multiplyLimits(2))
})
