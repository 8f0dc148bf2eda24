import { readFileSync } from 'node:fs'
import { test } from '@japa/runner'
import { type LimitName, LIMITS } from '#limits/limits'
import { projectRoot } from '#tests/support/servers/spawned_process'

const page = readFileSync(`${projectRoot}docs/security.md`, 'utf8')

test.group('docs/security.md tells every limit as it is', () => {
  for (const name of Object.keys(LIMITS) as LimitName[]) {
    test(name, ({ assert }) => {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `)) ?? ''
      const cells = row.split('|').map((cell) => cell.trim())
      assert.deepEqual(cells.slice(3, 5), [String(LIMITS[name].most), LIMITS[name].within])
    })
  }
})
