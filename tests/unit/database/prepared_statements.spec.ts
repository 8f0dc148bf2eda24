import { createRequire } from 'node:module'
import { test } from '@japa/runner'
import { keepPreparedStatements } from '#database/prepared_statements'

/* It brings no types. */
const Database = createRequire(import.meta.url)('better-sqlite3')

test.group('Statements that SQLite has prepared', (group) => {
  let connection: any

  group.each.setup(() => {
    connection = new Database(':memory:')
    keepPreparedStatements(connection)
    connection.prepare('create table people (name text)').run()
    return () => void connection.close()
  })

  test('are prepared once, and take other values each time', ({ assert }) => {
    const insert = connection.prepare('insert into people (name) values (?)')
    assert.strictEqual(connection.prepare('insert into people (name) values (?)'), insert)
    insert.run('one')
    insert.run('other')
    const select = 'select name from people where name = ?'
    assert.deepEqual(connection.prepare(select).all('other'), [{ name: 'other' }])
    assert.deepEqual(connection.prepare(select).all('one'), [{ name: 'one' }])
  })

  test('are forgotten when a table changes', ({ assert }) => {
    const all = () => connection.prepare('select * from people').all()
    connection.prepare('insert into people values (?)').run('one')
    assert.deepEqual(all(), [{ name: 'one' }])
    connection.prepare('alter table people add column age integer').run()
    assert.deepEqual(all(), [{ name: 'one', age: null }])
  })

  test('are kept to a bound, the one that was used last the longest', ({ assert }) => {
    const first = connection.prepare('select 0')
    const second = connection.prepare('select 1')
    for (let number = 2; number < 501; number++) {
      connection.prepare(`select ${number}`)
      connection.prepare('select 0')
    }
    assert.strictEqual(connection.prepare('select 0'), first)
    assert.notStrictEqual(connection.prepare('select 1'), second)
  })
})
