import { inspect } from 'node:util'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { randomToken } from '#crypto/random_token'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { emptyDatabase } from '#tests/support/database'

const isMysql = process.env.DB_CONNECTION === 'mysql'

/*
 * What is not foreseen is logged with its error. Of a statement that says which,
 * and never with what: an address, a name, the hash of a password.
 */
test.group('An error of the database', (group) => {
  group.each.setup(emptyDatabase)

  const planted = `it's ${randomToken().slice(0, 16)}`
  const failing: [string, () => Promise<unknown>][] = [
    ['of a model', () => User.create({ name: planted, password: null, publicId: planted })],
    ['of a statement', () => db.from('users').where('name', planted).update({ nothing: planted })],
    [
      'in a transaction',
      () => db.transaction((trx) => trx.from('nowhere').where('name', planted).delete()),
    ],
  ]
  if (isMysql) {
    failing.push([
      'about a value',
      () => db.from('users').update({ suspended_at: planted, updated_at: sqlTime(now()) }),
    ])
  }

  for (const [where, fail] of failing) {
    test(`${where} holds no value of it`, async ({ assert }) => {
      await User.create({ name: 'x', publicId: planted })
      const error = await fail().then(
        () => assert.fail('It did not fail'),
        (reason: Error) => reason
      )
      const all = inspect(error, { showHidden: true, depth: 5 }) + error.stack
      assert.match(error.message, /users|nowhere/)
      assert.notInclude(all, planted)
      assert.notInclude(all, planted.slice(5))
    })
  }
})
