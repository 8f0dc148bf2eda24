import { readdir, readFile } from 'node:fs/promises'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/servers/spawned_process'

/* The storeys of docs/architecture.md, held against what the code imports. */

const read = (path: string) => readFile(projectRoot + path, 'utf8')

/** The rooms of each storey, the topmost first. */
function storeysOf(page: string): string[][] {
  const [, picture] = /```mermaid\n([\s\S]*?)```/.exec(page)!
  return picture
    .split('subgraph ')
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('end')).trim().split(/\s+/).slice(1))
}

/** "a → b" for each row of the table of arrows upwards. */
function listedArrows(page: string): string[] {
  return [...page.matchAll(/^\| `(\w+)` → `(\w+)`/gm)].map(([, from, to]) => `${from} → ${to}`)
}

/** "a and b" for each row of the table of neighbours. */
function listedNeighbours(page: string): string[] {
  return [...page.matchAll(/^\| `(\w+)` and `(\w+)`/gm)].map(
    ([, one, other]) => `${one} and ${other}`
  )
}

function roomOf(path: string): string {
  if (/^start\/(env|loopback|failures)(\.ts)?$/.test(path)) return 'config'
  if (/^database\/(factories|seeders)\//.test(path)) return 'samples'
  return path.replace(/^app\//, '').split('/')[0]
}

/** Every import from one room to another, as "a → b" with a file that has it. */
async function arrows() {
  const found = new Map<string, string>()
  for (const folder of ['app', 'config', 'database', 'start']) {
    for (const name of await readdir(projectRoot + folder, { recursive: true })) {
      if (!/\.[jt]s$/.test(name) || name.endsWith('.d.ts')) continue
      const path = `${folder}/${name.replaceAll('\\', '/')}`
      for (const [, target] of (await read(path)).matchAll(
        /(?:from |import\()['"]#([^'"]+)['"]/g
      )) {
        const [from, to] = [roomOf(path), roomOf(target)]
        if (from !== to && to !== 'generated') found.set(`${from} → ${to}`, path)
      }
    }
  }
  return found
}

test.group('The rooms', () => {
  test('import downwards, but for the arrows that are listed with a reason', async ({ assert }) => {
    const page = await read('docs/architecture.md')
    const storeys = storeysOf(page)
    const storeyOf = (room: string) => storeys.findIndex((rooms) => rooms.includes(room))
    const upwards: string[] = []
    for (const [arrow, path] of await arrows()) {
      const [from, to] = arrow.split(' → ')
      assert.isAtLeast(storeyOf(from), 0, `${from} has no place in the picture (${path})`)
      assert.isAtLeast(storeyOf(to), 0, `${to} has no place in the picture (${path})`)
      if (storeyOf(to) < storeyOf(from)) upwards.push(arrow)
    }
    assert.sameMembers(upwards, listedArrows(page))
  })

  test('do not import each other on one storey, but for those listed with a reason', async ({
    assert,
  }) => {
    const page = await read('docs/architecture.md')
    const found = [...(await arrows()).keys()]
    const storeyOf = (room: string) => storeysOf(page).findIndex((rooms) => rooms.includes(room))
    const neighbours = found.flatMap((arrow) => {
      const [from, to] = arrow.split(' → ')
      const isMutual = storeyOf(from) === storeyOf(to) && found.includes(`${to} → ${from}`)
      return isMutual && from < to ? [`${from} and ${to}`] : []
    })
    assert.sameMembers(neighbours, listedNeighbours(page))
  })

  test('are small enough to look around in', async ({ assert }) => {
    const sizes = new Map<string, number>()
    for (const top of ['app', 'bin', 'config', 'database', 'resources/views', 'start', 'tests']) {
      const entries = await readdir(projectRoot + top, { recursive: true, withFileTypes: true })
      for (const { parentPath } of entries.filter((entry) => entry.isFile())) {
        sizes.set(parentPath, (sizes.get(parentPath) ?? 0) + 1)
      }
    }
    for (const [folder, files] of sizes) assert.isAtMost(files, 25, folder)
  })
})
