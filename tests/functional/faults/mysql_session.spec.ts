import mysql2, { type Connection } from 'mysql2'
import { test } from '@japa/runner'
import { ace } from '#tests/support/ace'
import { hasMysqlServer, MysqlServer } from '#tests/support/servers/mysql_server'
import { freePort, runAce, spawnServer } from '#tests/support/servers/spawned_process'
import { Visitor } from '#tests/support/visitor'

const EMAIL = 'admin@example.com'
const ANOTHER = 'another@example.com'
const PASSWORD = 'nine slow barges under a bridge'
const KEYS = {
  APP_KEY: 'an-app-key-of-the-mysql-sessions',
  SECRETS_KEY: 'a-secrets-key-of-mysql-sessions.',
}

/* What an operator, a panel or an old application may have chosen for a whole server. */
const ODD = [
  '--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH',
  '--default-time-zone=+05:30',
  '--character-set-server=latin1',
  '--skip-character-set-client-handshake',
  '--autocommit=0',
  '--transaction-isolation=READ-UNCOMMITTED',
]

/* Each ends a string, or does not, by the rules of one mode or another. */
const ATTEMPTS = [
  `x' OR 1=1 -- `,
  `x\\' OR 1=1 -- `,
  `x\\\\' OR 1=1 -- `,
  `x" OR 1=1 -- `,
  `x\\" OR 1=1 # `,
  `x' || '1`,
  `x\\`,
  `\\' UNION SELECT password FROM users -- `,
]

/* Kept as they are, or something was read by other rules than ours. */
const TEXTS = [
  ...ATTEMPTS.map((text) => text.trim()),
  String.raw`C:\new\table\0\Z\%\_`,
  `it's "quoted" \`here\` || there`,
  '한글 🙂 👨‍👩‍👧 é',
]

test.group('A MySQL server with a mode of its own', (group) => {
  let mysql: MysqlServer
  let site: Awaited<ReturnType<typeof spawnServer>>
  group.tap((one) => one.timeout(120_000).skip(!hasMysqlServer, 'needs MariaDB to start'))

  group.setup(async () => {
    if (!hasMysqlServer) return () => {}
    mysql = await MysqlServer.start(ODD)
    const settings = { NODE_ENV: 'production', ...KEYS, ...mysql.environment }
    const migrated = await runAce(['migration:run', '--force'], settings)
    if (migrated.exitCode !== 0) throw new Error(migrated.stderr + migrated.stdout)
    for (const email of [EMAIL, ANOTHER]) {
      const words = ['admin:create', `--email=${email}`, '--name=관리자']
      const made = await ace(words, `${PASSWORD}\n`, { ...KEYS, ...mysql.environment })
      if (made.code !== 0) throw new Error(made.output)
    }
    site = await spawnServer({ ...settings, RATE_LIMIT_SCALE: '100' }, { patienceMs: 110_000 })
    return async () => {
      await site?.stop()
      await mysql.remove()
    }
  })

  async function administrator() {
    const visitor = new Visitor({ base: site.url })
    await visitor.signIn(EMAIL, PASSWORD)
    return visitor
  }

  test('is what it is told to be, for everybody else', async ({ assert }) => {
    const [held] = await mysql.ask<{ mode: string; zone: string }>(
      'SELECT @@sql_mode AS mode, @@time_zone AS zone'
    )
    assert.include(held.mode, 'NO_BACKSLASH_ESCAPES')
    assert.equal(held.zone, '+05:30')
  })

  test('signs nobody in, and shows nothing, for a text that would end its string', async ({
    assert,
  }) => {
    const owner = await administrator()
    assert.isTrue(await owner.isSignedIn())
    const form = await owner.get('/article/create')
    await owner.submit(form, '/article/create', { title: '첫 글', body: '본문' })

    for (const attempt of ATTEMPTS) {
      const stranger = new Visitor({ base: site.url })
      const login = await stranger.signIn(attempt, PASSWORD)
      assert.equal(login.status, 422, attempt)
      assert.isFalse(await stranger.isSignedIn(), attempt)

      const article = await stranger.get(`/article/${encodeURIComponent(attempt)}`)
      assert.equal(article.status, 404, attempt)
      const found = await owner.get(`/admin/users?search=${encodeURIComponent(attempt)}`)
      assert.equal(found.status, 200, attempt)
      assert.notInclude(found.text, ANOTHER, attempt)
    }
  })

  test('keeps every backslash, quote and sign of what is written', async ({ assert }) => {
    const writer = await administrator()
    for (const text of TEXTS) {
      const form = await writer.get('/article/create')
      const answer = await writer.submit(form, '/article/create', { title: text, body: text })
      assert.equal(answer.status, 303, text)

      const id = answer.location.split('/').at(-1)!
      const [row] = await mysql.ask<{ title: string; body: string }>(
        `SELECT title, body FROM articles WHERE public_id = '${id}'`,
        'site'
      )
      assert.deepEqual(row, { title: text, body: text })
    }
  })

  test('has times in UTC, and what was committed stays when the server is gone', async ({
    assert,
  }) => {
    const writer = await administrator()
    const form = await writer.get('/article/create')
    const before = Date.now()
    await writer.submit(form, '/article/create', { title: '지금', body: '본문' })
    const [{ made }] = await mysql.ask<{ made: string }>(
      `SELECT DATE_FORMAT(created_at, '%Y-%m-%dT%TZ') AS made FROM articles WHERE title = '지금'`,
      'site'
    )
    assert.closeTo(Date.parse(made), before, 60_000)
  })
})

/** A server that speaks MySQL and is not to be told how to read statements. */
async function stubbornServer(answer: (sql: string, connection: any) => void) {
  const port = await freePort()
  /* Its types know neither the events nor the call-back of `listen`. */
  const server: any = mysql2.createServer(() => {})
  const open = new Set<Connection>()
  server.on('connection', (connection: any) => {
    open.add(connection)
    connection.on('error', () => {})
    /* It takes SET for the preparing of a statement. */
    for (const event of ['query', 'stmt_prepare']) {
      connection.on(event, (sql: string) => {
        connection.sequenceId = 1
        answer(sql, connection)
      })
    }
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.36',
      connectionId: 1,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: 0xffffff ^ 0x800,
    })
  })
  await new Promise<void>((resolve) => server.listen(port, () => resolve()))
  return {
    environment: { DB_CONNECTION: 'mysql', DB_HOST: '127.0.0.1', DB_PORT: String(port) },
    async close() {
      for (const connection of open) connection.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test.group('A MySQL server that keeps its mode', () => {
  const MODE = 'NO_BACKSLASH_ESCAPES'
  const kept = { sql_mode: MODE, time_zone: '+05:30', character_set_client: 'latin1' }
  const columns = Object.keys(kept).map((name) => ({
    catalog: 'def',
    schema: '',
    table: '',
    orgTable: '',
    name,
    orgName: '',
    characterSet: 45,
    columnLength: 300,
    columnType: 253,
    flags: 0,
    decimals: 0,
  }))

  for (const [what, toSet, line] of [
    [
      'and says so',
      (connection: any) => connection.writeError({ code: 1227, message: 'Access denied' }),
      /^The database cannot be used: .*Access denied/,
    ],
    [
      'behind a proxy that says "OK"',
      (connection: any) => connection.writeOk(),
      /^The database cannot be used: UNSAFE_SESSION, sql_mode .*NO_BACKSLASH_ESCAPES/,
    ],
  ] as const) {
    test(`${what}: the server refuses to start, with one line, and sends no statement`, async ({
      assert,
      cleanup,
    }) => {
      const asked: string[] = []
      const mysql = await stubbornServer((sql, connection) => {
        asked.push(sql)
        if (/^SET/.test(sql)) return toSet(connection)
        connection.writeTextResult([kept], columns)
      })
      cleanup(() => mysql.close())

      const settings = { NODE_ENV: 'production', ...KEYS, ...mysql.environment }
      const server = await spawnServer(settings)
      assert.isFalse(server.live)
      assert.equal(await server.stop(), 1)
      assert.equal(server.printed.stderr.trimEnd().split('\n').length, 1, server.printed.stderr)
      assert.match(server.printed.stderr, line)
      assert.isEmpty(asked.filter((sql) => !/^(SET|SELECT @@|select version)/.test(sql)))
    }).timeout(60_000)
  }
})
