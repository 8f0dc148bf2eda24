import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/servers/spawned_process'

/** A Node on PATH that is older than the project needs, or undefined. */
function findOldNode() {
  return process.env
    .PATH!.split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter(existsSync)
    .find((node) => {
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' })
      return Number(version.slice(1).split('.')[0]) < 24
    })
}

test.group('Old Node', () => {
  const oldNode = findOldNode()

  test('ace under an old Node says in one line how to run it', ({ assert }) => {
    const { status, stdout, stderr } = spawnSync(oldNode!, ['ace.js', 'provider:list', '--json'], {
      cwd: projectRoot,
      encoding: 'utf8',
    })

    assert.equal(status, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /^Daemun needs Node 24, .*"npm run ace -- provider:list --json".*\n$/)
  }).skip(!oldNode, 'no Node older than 24 on PATH')
})
