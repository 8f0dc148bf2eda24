import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { runAce, spawnServer } from '#tests/support/servers/spawned_process'
import { ELSEWHERE, isRunElsewhere } from '#tests/support/once'

const lines = (text: string) => text.trimEnd().split('\n')

test.group('Start', (group) => {
  group.tap((one) => one.skip(isRunElsewhere('sqlite'), ELSEWHERE))
  let folder: string
  let settings: Record<string, string>

  group.each.setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemun-'))
    settings = { NODE_ENV: 'production', DB_FILE: join(folder, 'site.sqlite3') }
    return () => rmSync(folder, { recursive: true, force: true })
  })

  async function migrate() {
    const { exitCode, stderr } = await runAce(['migration:run', '--force'], settings)
    if (exitCode !== 0) throw new Error(`The migrations failed: ${stderr}`)
  }

  let empty: Buffer | undefined
  async function haveEmptyDatabase() {
    if (!empty) {
      await migrate()
      empty = readFileSync(settings.DB_FILE)
    }
    writeFileSync(settings.DB_FILE, empty)
  }

  for (const mode of ['production', 'development']) {
    test(`in ${mode} a server whose migrations are pending refuses with one line`, async ({
      assert,
    }) => {
      const server = await spawnServer({ ...settings, NODE_ENV: mode })

      assert.isFalse(server.live)
      assert.equal(await server.stop(), 1)
      assert.lengthOf(lines(server.printed.stderr), 1)
      assert.match(server.printed.stderr, /^The database is older .*migration:run --force/)
      assert.equal(server.printed.stdout, '')
    })
  }

  test('a database that does not answer is said in one line', async ({ assert }) => {
    const server = await spawnServer({ ...settings, DB_CONNECTION: 'mysql', DB_PORT: '1' })

    assert.isFalse(server.live)
    assert.equal(await server.stop(), 1)
    assert.lengthOf(lines(server.printed.stderr), 1)
    assert.match(server.printed.stderr, /^The database cannot be used: ECONNREFUSED/)
  })

  test('a bad setting is said in one line, by the server and by ace', async ({ assert }) => {
    const bad = { ...settings, PORT: 'http' }
    const server = await spawnServer(bad)
    const ace = await runAce(['migration:run', '--force'], bad)

    assert.equal(await server.stop(), 1)
    assert.equal(ace.exitCode, 1)
    for (const { stderr } of [server.printed, ace]) {
      assert.lengthOf(lines(stderr), 1)
      assert.match(stderr, /^Bad environment: PORT must be a whole number/)
      assert.notInclude(stderr, 'APP_URL')
    }
  })

  test('what is no address of a proxy is said in one line too', async ({ assert }) => {
    const server = await spawnServer({ ...settings, TRUST_PROXY: '127.0.0.1, bogus' })
    assert.equal(await server.stop(), 1)
    assert.lengthOf(lines(server.printed.stderr), 1)
    assert.match(server.printed.stderr, /^Bad environment: TRUST_PROXY must be addresses/)
  })

  for (const [name, value, why] of [
    ['RATE_LIMIT_SCALE', '0', 'must be a number above 0'],
    ['RATE_LIMIT_SCALE', '1e9', 'must be a number above 0'],
    ['RATE_LIMIT_SCALE', 'much', 'must be a number above 0'],
    ['LIMITER_STORE', 'file', 'must be one of database, redis, memory'],
  ]) {
    test(`${name}=${value} is said in one line`, async ({ assert }) => {
      const { exitCode, stderr } = await runAce(['migration:run'], { ...settings, [name]: value })
      assert.equal(exitCode, 1)
      assert.lengthOf(lines(stderr), 1)
      assert.include(stderr, `Bad environment: ${name} ${why}`)
    })
  }

  for (const url of ['https://127.0.0.1:1', 'http://127.0.0.1:1/path', 'http://shop.example.com']) {
    test(`an example site at ${url} is refused in one line`, async ({ assert }) => {
      const bad = { ...settings, SANDBOX: 'true', SANDBOX_CLIENT_URL: url }
      const { exitCode, stderr } = await runAce(['migration:run'], bad)
      assert.equal(exitCode, 1)
      assert.lengthOf(lines(stderr), 1)
      assert.match(stderr, /^Bad environment: SANDBOX_CLIENT_URL must be http:/)
    })
  }

  for (const hostname of ['127.0.0.1.evil.example', '127.evil.example', 'localhost.evil.example']) {
    test(`SANDBOX is refused at ${hostname}, which anybody may own`, async ({ assert }) => {
      for (const address of [{ APP_URL: `http://${hostname}:3333` }, { HOST: hostname }]) {
        const settingsThere = { ...settings, SANDBOX: 'true', ...address }
        const { exitCode, stderr } = await runAce(['migration:run'], settingsThere)
        assert.equal(exitCode, 1)
        assert.match(stderr, /^Bad environment: SANDBOX lets anyone sign in as anyone/)
      }
    })
  }

  for (const [what, host, line] of [
    ['whose port is taken', '127.0.0.1', /^Cannot listen on 127\.0\.0\.1, port \d+ \(EADDRINUSE\)/],
    ['whose HOST does not resolve', 'nowhere.invalid', /^Cannot listen on nowhere\.invalid.*HOST/],
    [
      'whose HOST is of another machine',
      '192.0.2.1',
      /^Cannot listen on 192\.0\.2\.1.*HOST is not/,
    ],
  ] as const) {
    test(`a server ${what} says so in one line and ends with exit code 1`, async ({
      assert,
      cleanup,
    }) => {
      await haveEmptyDatabase()
      const other = createServer((_request, response) => response.writeHead(404).end())
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      cleanup(() => void other.close())
      const PORT = String((other.address() as AddressInfo).port)
      const server = await spawnServer({ ...settings, HOST: host, PORT })

      assert.isFalse(server.live)
      assert.equal(await server.stop(), 1)
      assert.lengthOf(lines(server.printed.stderr), 1)
      assert.match(server.printed.stderr, line)
    })
  }

  for (const mode of [null, 0o644, 0o666]) {
    const before = mode === null ? 'that is new' : `of mode ${mode.toString(8)}`
    test(`a database file ${before} is readable for nobody else, with what SQLite puts beside it`, async ({
      assert,
    }) => {
      if (mode !== null) {
        writeFileSync(settings.DB_FILE, '')
        chmodSync(settings.DB_FILE, mode)
      }
      await migrate()
      const server = await spawnServer(settings)
      const names = readdirSync(folder)
      const modes = names.map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8))
      await server.stop()

      assert.sameMembers(names, ['site.sqlite3', 'site.sqlite3-shm', 'site.sqlite3-wal'])
      assert.deepEqual(modes, ['600', '600', '600'])
    })
  }

  for (const [what, file] of [
    ['in a folder that is a file', '/dev/null/site.sqlite3'],
    ['that is a folder', '/'],
    ['that is no database', import.meta.filename],
  ]) {
    test(`a DB_FILE ${what} is said in one line`, async ({ assert }) => {
      const bad = { ...settings, DB_FILE: file }
      const server = await spawnServer(bad)
      assert.equal(await server.stop(), 1)
      assert.lengthOf(lines(server.printed.stderr), 1)
      assert.match(
        server.printed.stderr,
        /^(Bad environment: DB_FILE|The database cannot be used:)/
      )
    })
  }

  test('after the migrations the server answers, and ends on SIGTERM', async ({ assert }) => {
    await haveEmptyDatabase()
    const server = await spawnServer(settings)

    assert.isTrue(server.live)
    if (process.platform === 'linux') {
      const commandLine = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')
      assert.include(commandLine, '--max-semi-space-size', 'bin/memory.ts')
    }
    assert.equal(await server.stop(), 0)
    assert.equal(server.printed.stderr, '')
  })

  test('a server that is not told where to listen does so on loopback only', async ({ assert }) => {
    await haveEmptyDatabase()
    const server = await spawnServer({ ...settings, SANDBOX: 'true' })
    await server.stop()

    assert.include(server.printed.stdout, 'started HTTP server on 127.0.0.1:')
  })

  test('a changed SECRETS_KEY is said in one line of the log, and the site runs on', async ({
    assert,
  }) => {
    await haveEmptyDatabase()
    const first = await spawnServer(settings)
    await first.stop()
    assert.notInclude(first.printed.stdout, 'SECRETS_KEY')

    const changed = { ...settings, SECRETS_KEY: 'another-secrets-key-of-32-chars..' }
    const second = await spawnServer(changed)
    assert.isTrue(second.live)
    assert.equal(await second.stop(), 0)

    const complaints = lines(second.printed.stdout)
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level >= 50)
    assert.lengthOf(complaints, 1)
    assert.match(complaints[0].msg, /^SECRETS_KEY does not open/)
  })

  test('a former key in SECRETS_KEY_PREVIOUS is enough', async ({ assert }) => {
    await haveEmptyDatabase()
    const first = await spawnServer({ ...settings, SECRETS_KEY: 'the-former-secrets-key-32-chars' })
    await first.stop()

    const second = await spawnServer({
      ...settings,
      SECRETS_KEY_PREVIOUS: 'the-former-secrets-key-32-chars',
    })
    await second.stop()
    assert.isTrue(second.live)
    assert.notInclude(second.printed.stdout, 'SECRETS_KEY')
  })

  test('built code serves pages without unsafe-inline in development too', async ({ assert }) => {
    await haveEmptyDatabase()
    const server = await spawnServer({ ...settings, NODE_ENV: 'development' })
    const response = await fetch(`${server.url}/health/live`)
    await server.stop()

    assert.notInclude(response.headers.get('content-security-policy')!, 'unsafe-inline')
  }).skip(!process.env.BUILT_SERVER, 'nothing is built; "npm test" builds')
})
