import { readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { tableRows } from '#tests/support/documents'
import { projectRoot } from '#tests/support/servers/spawned_process'

const document = readFileSync(`${projectRoot}docs/security.md`, 'utf8')
const rows = tableRows(document).filter(([name]) => /^[DA]-\d+$/.test(name))

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
