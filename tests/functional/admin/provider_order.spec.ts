import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { type Page, Visitor } from '#tests/support/visitor'

const LIST = '/admin/providers'
const ORDER = '/admin/providers/order'

const keys = async () =>
  (await Provider.query().withScopes((scopes) => scopes.inOrder())).map(({ key }) => key)

/** Sends the form of the list, as it lies on the page or with its rows in another order. */
function send(admin: Administrator, page: Page, fields: Record<string, string>, ids?: string[]) {
  const rows = ids ?? page.valuesOf('[name="ids[]"]', 'value')
  const body = new URLSearchParams({
    _csrf: page.csrf,
    version: page.fieldValue('version')!,
    ...fields,
  })
  for (const id of rows) body.append('ids[]', id)
  return admin.request(ORDER, { method: 'POST', body })
}

test.group('The order of providers', (group) => {
  let admin: Administrator
  let one: Provider
  let two: Provider
  let three: Provider
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
    one = await aProvider({ key: 'one', enabled: true })
    two = await aProvider({ key: 'two', driver: 'kakao', enabled: true })
    three = await aProvider({ key: 'three', enabled: true })
  })

  test('a button moves one place, on the list and for visitors', async ({ assert }) => {
    const moved = await send(admin, await admin.get(LIST), { up: three.publicId })
    assert.equal(moved.location, LIST)
    assert.deepEqual(await keys(), ['one', 'three', 'two'])

    await send(admin, await admin.get(LIST), { down: one.publicId })
    assert.deepEqual(await keys(), ['three', 'one', 'two'])
    const page = await new Visitor().get('/user/login')
    assert.deepEqual(
      page.actions.filter((action) => action.includes('/social/')),
      ['three', 'one', 'two'].map((key) => `/user/login/social/${key}`)
    )
    assert.deepEqual((await AuditEntry.query().orderBy('id', 'desc').firstOrFail()).changes, {
      order: { before: ['one', 'three', 'two'], after: ['three', 'one', 'two'] },
    })
    assert.include((await admin.get(LIST)).words, t('provider.order.saved'))
  })

  test('dragged rows are taken as they lie', async ({ assert }) => {
    const page = await admin.get(LIST)
    await send(admin, page, {}, [three.publicId, two.publicId, one.publicId])
    assert.deepEqual(await keys(), ['three', 'two', 'one'])
    assert.lengthOf(await AuditEntry.all(), 1)
  })

  test('the first cannot go further up: nothing changes, nothing is written down', async ({
    assert,
  }) => {
    const page = await admin.get(LIST)
    const moves: Record<string, string>[] = [{ up: one.publicId }, { down: three.publicId }, {}]
    for (const fields of moves) {
      assert.equal((await send(admin, page, fields)).status, 303)
    }
    assert.deepEqual(await keys(), ['one', 'two', 'three'])
    assert.isEmpty(await AuditEntry.all())
  })

  test('a page that somebody overtook moves nothing, and shows the order of now', async ({
    assert,
  }) => {
    const mine = await admin.get(LIST)
    await send(admin, mine, { up: three.publicId })
    const refused = await send(admin, mine, { up: two.publicId })
    assert.equal(refused.status, 409)
    assert.include(refused.alerts[0], t('provider.order.stale'))
    assert.deepEqual(await keys(), ['one', 'three', 'two'])

    const again = await send(admin, refused, { up: two.publicId })
    assert.equal(again.status, 303)
    assert.deepEqual(await keys(), ['one', 'two', 'three'])
  })

  test('a provider added meanwhile is not lost', async ({ assert }) => {
    const mine = await admin.get(LIST)
    await aProvider({ key: 'four' })
    assert.equal((await send(admin, mine, { up: two.publicId })).status, 409)
    assert.lengthOf(await keys(), 4)
  })

  test('two moves at once: one is saved, one refused', async ({ assert }) => {
    const page = await admin.get(LIST)
    const answers = await Promise.all(
      [two, three].map(({ publicId }) => send(admin, page, { up: publicId }))
    )
    assert.sameMembers(
      answers.map(({ status }) => status),
      [303, 409]
    )
    const positions = (await Provider.all()).map(({ position }) => position)
    assert.sameMembers(positions, [1, 2, 3])
  })

  for (const [what, ids] of [
    ['a row twice', () => [one.publicId, one.publicId, two.publicId]],
    ['a row missing', () => [one.publicId, two.publicId]],
    ['a row of nobody', () => [one.publicId, two.publicId, 'AAAAAAAAAAAAAAAAAAAAAA']],
    ['no rows', () => []],
    ['a row too long', () => [one.publicId, two.publicId, 'A'.repeat(500)]],
  ] as const) {
    test(`${what} is refused`, async ({ assert }) => {
      assert.equal((await send(admin, await admin.get(LIST), {}, ids())).status, 409)
      assert.deepEqual(await keys(), ['one', 'two', 'three'])
    })
  }

  test('forty providers are a list too', async ({ assert }) => {
    for (let index = 4; index <= 40; index++) await aProvider({ key: `p${index}` })
    await Provider.query().update({ position: 0 })
    const last = await Provider.findByOrFail('key', 'p40')
    assert.equal((await send(admin, await admin.get(LIST), { up: last.publicId })).status, 303)
    assert.equal((await keys()).at(-2), 'p40')
  })

  test('is for administrators alone', async ({ assert }) => {
    const member = await signedInAs('member')
    const fields = { 'version': '', 'ids[]': one.publicId, 'up': two.publicId }
    assert.equal((await member.submit(await member.get('/'), ORDER, fields)).status, 404)
    assert.deepEqual(await keys(), ['one', 'two', 'three'])
  })
})
