import { test } from '@japa/runner'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction, StaleRead } from '#database/transaction'
import User from '#models/user'
import { emptyDatabase } from '#tests/support/database'

const EMAIL = 'taken@example.com'

/*
 * Two processes that look first and then write meet at a unique key of the schema. The
 * conflict here is the database's own.
 */
test.group('A transaction that loses to another one', (group) => {
  group.each.setup(emptyDatabase)

  const create = (fields: Partial<User>, client: TransactionClientContract) =>
    User.create({ role: 'member', ...fields }, { client })

  async function namesKept() {
    const users = await User.query().orderBy('id')
    return users.map(({ name }) => name)
  }

  test('runs again without what it wrote, and answers with its second run', async ({ assert }) => {
    await User.create({ name: 'first', email: EMAIL, role: 'member' })
    let tries = 0
    const found = await inTransaction(async (trx) => {
      tries++
      await create({ name: `try ${tries}` }, trx)
      if (tries === 1) await create({ name: 'second', email: EMAIL }, trx)
      return User.withEmail(EMAIL, trx)
    })
    assert.equal(found?.name, 'first')
    assert.deepEqual(await namesKept(), ['first', 'try 2'])
  })

  test('runs again as a whole where a part of it lost', async ({ assert }) => {
    await User.create({ name: 'first', email: EMAIL, role: 'member' })
    const runs: string[] = []
    await inTransaction(async (trx) => {
      runs.push('flow')
      const email = runs.length === 1 ? EMAIL : null
      await inTransaction(async (same) => {
        runs.push('part')
        await create({ name: 'part', email }, same)
      }, trx)
    })
    assert.deepEqual(runs, ['flow', 'part', 'flow', 'part'])
    assert.deepEqual(await namesKept(), ['first', 'part'])
  })

  test('gives up after five runs with the error of the last', async ({ assert }) => {
    let tries = 0
    await assert.rejects(
      () =>
        inTransaction(async (trx) => {
          tries++
          await create({ name: 'part' }, trx)
          throw new StaleRead()
        }),
      StaleRead
    )
    assert.equal(tries, 5)
    assert.deepEqual(await namesKept(), [])
  })

  test('throws at once what is no conflict, and keeps nothing', async ({ assert }) => {
    let tries = 0
    await assert.rejects(
      () =>
        inTransaction(async (trx) => {
          tries++
          await create({ name: 'part' }, trx)
          throw new Error('broken')
        }),
      'broken'
    )
    assert.equal(tries, 1)
    assert.deepEqual(await namesKept(), [])
  })

  test('is undone without an error where its work rolls it back', async ({ assert }) => {
    const answer = await inTransaction(async (trx) => {
      await create({ name: 'part' }, trx)
      await trx.rollback()
      return 'refused'
    })
    assert.equal(answer, 'refused')
    assert.deepEqual(await namesKept(), [])
  })
})
