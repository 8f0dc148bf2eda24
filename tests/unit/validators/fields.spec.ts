import { readFileSync, readdirSync } from 'node:fs'
import { test } from '@japa/runner'
import { LONGEST_NAME } from '#text/person_name'
import { projectRoot } from '#tests/support/servers/spawned_process'

const VIEWS = `${projectRoot}resources/views/`

/** Every `@!field(…)` of the pages: its name and its `maxlength`. */
const fields = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.edge'))
  .flatMap((file) => readFileSync(VIEWS + file, 'utf8').split('\n'))
  .filter((line) => line.includes('@!field('))
  .map((line) => ({
    name: /\bname: '(\w+)'/.exec(line)?.[1],
    maxlength: /\bmaxlength: (\d+)/.exec(line)?.[1],
  }))

test.group('Fields of the pages', () => {
  test('a name can be as long wherever it is typed', ({ assert }) => {
    const names = fields.filter(({ name }) => name === 'name')
    assert.isAtLeast(names.length, 4)
    for (const { maxlength } of names) assert.equal(Number(maxlength), LONGEST_NAME)
  })

  test('no browser cuts off a password, unseen, where it is set or typed', ({ assert }) => {
    const passwords = fields.filter(({ name }) => /password/i.test(name ?? ''))
    assert.isAbove(passwords.length, 5)
    for (const { maxlength } of passwords) assert.isUndefined(maxlength)
  })
})
