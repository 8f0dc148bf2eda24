import { readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import {
  codeIn,
  findFile,
  isDeclaredIn,
  isExportedName,
  looksLikeFile,
  tableRows,
  titlesOf,
} from '#tests/support/documents'
import { projectRoot } from '#tests/support/servers/spawned_process'

const read = (name: string) => readFileSync(`${projectRoot}docs/${name}.md`, 'utf8')
const checklist = tableRows(read('security')).filter(([name]) => /^[DA]-\d+$/.test(name))
const rooms = tableRows(read('architecture').split('## ')[1]).slice(2)

const { dependencies } = JSON.parse(readFileSync(`${projectRoot}package.json`, 'utf8'))

/** What a row that does not apply speaks of is not there. */
const applies = ([, , where]: string[]) => !where.startsWith('Does not apply')

/** `trip/arrival.ts` (`browserMark`): the name is looked for in that file. */
const FILE_AND_NAMES = /`([\w./]+\.ts)` \(((?:`\w+`(?:, )?)+)\)/g

async function isThere(code: string): Promise<boolean> {
  if (looksLikeFile(code)) return findFile(code) !== null
  if (code in dependencies) return true
  if (/^[a-z_]+(\.[a-z_]+)?$/.test(code)) {
    const [table, column] = code.split('.')
    const columns = await db.connection().columnsInfo(table)
    return column ? column in columns : Object.keys(columns).length > 0
  }
  return isExportedName(code)
}

test.group('docs/security.md, where a guard stands', () => {
  for (const [name, , where] of checklist.filter(applies)) {
    test(`${name}: files, names and tables exist`, async ({ assert }) => {
      for (const [, file, names] of where.matchAll(FILE_AND_NAMES)) {
        for (const one of codeIn(names)) assert.isTrue(isDeclaredIn(findFile(file)!, one), one)
      }
      for (const code of codeIn(where.replace(FILE_AND_NAMES, '`$1`'))) {
        assert.isTrue(await isThere(code), code)
      }
    })
  }
})

test.group('docs/security.md, what shows it', () => {
  for (const [name, , , shown] of checklist) {
    test(`${name}: a test of this title runs`, ({ assert }) => {
      const [, file, title] = /^`(tests\/[\w/.]+\.spec\.ts)`: (.+)$/.exec(shown)!
      const titles = titlesOf(file)
      assert.isTrue(
        titles.some((parts) => parts.some((part) => part.includes(title))),
        title
      )
    })
  }
})

test.group('docs/architecture.md', () => {
  for (const [room, what] of rooms) {
    test(`${room} has what the table says`, ({ assert }) => {
      const [folder] = codeIn(room)
      for (const one of codeIn(room)) assert.isNotNull(findFile(one), one)
      for (const one of codeIn(what)) {
        assert.isNotNull(findFile(looksLikeFile(one) ? one : `${folder}/${one}.ts`), one)
      }
    })
  }

  test('names in the text are exported', ({ assert }) => {
    const names = codeIn(read('architecture'))
      .map((code) => code.replace(/\(\w*\)$/, ''))
      .filter((code) => /^([A-Z]\w*[a-z]\w*(\.\w+)?|[a-z]+[A-Z]\w*)$/.test(code))
    assert.includeMembers(names, ['SocialController.store', 'whoIsThis', 'accessToken'])
    for (const name of names) assert.isTrue(isExportedName(name), name)
  })
})

for (const document of ['security', 'architecture', 'privacy']) {
  test(`docs/${document}.md names only files that exist`, ({ assert }) => {
    const named = codeIn(read(document)).filter(looksLikeFile)
    assert.isNotEmpty(named)
    for (const one of named) assert.isNotNull(findFile(one), one)
  })
}
