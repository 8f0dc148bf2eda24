import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { ace } from '#tests/support/ace'
import { MEMBER, MEMBER_PASSWORD, signedInMember } from '#tests/support/people/member'
import { hasMysqlServer, MysqlServer } from '#tests/support/servers/mysql_server'
import { onThisDatabase, runAce, spawnServer } from '#tests/support/servers/spawned_process'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const isSqlite = process.env.DB_CONNECTION !== 'mysql'

/** Gives the file to a server of its own, as an operator restores it on another machine. */
async function restore(file: string, folder: string) {
  if (isSqlite) {
    const place = join(folder, 'restored.sqlite3')
    await copyFile(file, place)
    return { settings: onThisDatabase({ DB_FILE: place }), remove: async () => {} }
  }
  const server = await MysqlServer.start([])
  const input = await open(file)
  const { DB_PORT, DB_DATABASE } = server.environment
  const client = spawn(
    'mariadb',
    ['--host=127.0.0.1', `--port=${DB_PORT}`, '--user=root', DB_DATABASE],
    { stdio: [input.fd, 'ignore', 'inherit'] }
  )
  const [code] = await once(client, 'close')
  await input.close()
  if (code !== 0) throw new Error(`The backup cannot be read: ${code}`)
  return { settings: onThisDatabase(server.environment), remove: () => server.remove() }
}

test.group('data:backup', (group) => {
  const world = withProviders(group)
  let folder: string
  group.each.timeout(120_000)
  group.each.setup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daemun-backup-'))
    return () => rm(folder, { recursive: true, force: true })
  })

  test('what is restored from it is the whole site, though people came in meanwhile', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'naver')
    await makeUser({ role: 'admin', email: 'boss@example.com', password: MEMBER_PASSWORD })
    await signedInMember()
    const file = join(folder, 'site.backup')

    let writing = true
    const backup = ace(['data:backup', file]).finally(() => (writing = false))
    while (writing) await signInWith(world.server, new Visitor(), 'naver')
    const { code, output } = await backup
    assert.equal(code, 0, output)
    const { mode, size } = await stat(file)
    assert.equal(mode & 0o777, 0o600)
    assert.include(output, `${size} bytes`)

    const { settings, remove } = await restore(file, folder)
    try {
      const checked = await runAce(['data:check'], settings)
      assert.equal(checked.exitCode, 0, checked.stdout + checked.stderr)
      const server = await spawnServer(settings)
      const visitor = new Visitor({ base: server.url })
      await visitor.signIn(MEMBER, MEMBER_PASSWORD)
      assert.isTrue(await visitor.isSignedIn())
      await server.stop()
    } finally {
      await remove()
    }
  }).skip(!isSqlite && !hasMysqlServer, 'needs mariadb-server')

  test('a file that is there is left as it is', async ({ assert }) => {
    const file = join(folder, 'last_week')
    await writeFile(file, 'the only good one')
    const { code, output } = await ace(['data:backup', file])
    assert.equal(code, 1)
    assert.include(output, 'exists already')
    assert.equal(await readFile(file, 'utf8'), 'the only good one')
  })

  test('a file that cannot be made is said in one line', async ({ assert }) => {
    const { code, output } = await ace(['data:backup', join(folder, 'no', 'such', 'folder')])
    assert.equal(code, 1)
    assert.include(output, 'cannot be written: ENOENT')
    assert.notInclude(output, '    at ')
  })

  test('without the program that copies MySQL it says which one, and leaves nothing', async ({
    assert,
  }) => {
    const file = join(folder, 'site.sql')
    const { code, output } = await ace(['data:backup', file], '', { PATH: folder })
    assert.equal(code, 1)
    assert.include(output, 'mariadb-dump')
    await assert.rejects(() => stat(file), /ENOENT/)
  }).skip(isSqlite, 'SQLite needs none')

  test('a server that refuses is named without the password', async ({ assert }) => {
    const file = join(folder, 'site.sql')
    const { code, output } = await ace(['data:backup', file], '', {
      PATH: `${folder}:${process.env.PATH}`,
      DB_PASSWORD: 'not-the-password-of-it',
    })
    assert.equal(code, 1)
    assert.notInclude(output, 'not-the-password-of-it')
    await assert.rejects(() => stat(file), /ENOENT/)
  }).skip(isSqlite, 'SQLite has no password')
})
