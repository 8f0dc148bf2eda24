import { existsSync, readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/spawned_process'

const document = readFileSync(`${projectRoot}docs/security.md`, 'utf8')
const rows = document.split('\n').flatMap((line) => {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
  return /^[DA]-\d+$/.test(cells[1] ?? '') ? [cells.slice(1, -1)] : []
})

test.group('docs/security.md', () => {
  test('has one row for each of D-1 to D-56, none with an empty cell', ({ assert }) => {
    const expected = Array.from({ length: 56 }, (_, index) => `D-${index + 1}`)
    const names = rows.map(([name]) => name)
    assert.deepEqual(
      names.filter((name) => name.startsWith('D')),
      expected
    )
    assert.lengthOf(new Set(names), names.length)
    for (const row of rows) {
      assert.lengthOf(row, 4, row[0])
      for (const cell of row) assert.isNotEmpty(cell, row[0])
    }
  })

  for (const [name, , , shown] of rows) {
    test(`${name} names a test that exists`, ({ assert }) => {
      const [, file, title] = /^`(tests\/[\w/.]+\.spec\.ts)`: (.+)$/.exec(shown)!
      assert.isTrue(existsSync(projectRoot + file), file)
      /* The formatter may have chosen either quote. */
      const source = readFileSync(projectRoot + file, 'utf8').replaceAll("\\'", "'")
      assert.include(source, title)
    })
  }

  test('gives a reason for each direct dependency, and for nothing else', ({ assert }) => {
    const manifest = JSON.parse(readFileSync(`${projectRoot}package.json`, 'utf8'))
    const [, chapter] = document.split('## What it is built with, and why\n')
    const [shipped, others] = chapter.split('## ')[0].split('(`devDependencies`)')
    for (const [text, packages] of [
      [shipped, manifest.dependencies],
      [others, manifest.devDependencies],
    ]) {
      const listed = text.matchAll(/^\| (`.+`) +\| (\S.*\S) +\|$/gm)
      const names = [...listed].flatMap(([, cell]) => cell.replaceAll('`', '').trim().split(', '))
      assert.sameMembers(names, Object.keys(packages))
    }
  })
})
