import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { replaceFormer } from '#database/former_migrations'
import { ace } from '#tests/support/ace'
import { onThisDatabase, projectRoot, spawnServer } from '#tests/support/servers/spawned_process'

/** The list of a database that was made by the last commit with these migrations, 559269b. */
const FORMER = [
  'database/migrations/0001_create_users_table',
  'database/migrations/0002_create_providers_tables',
  'database/migrations/0003_create_identities_table',
  'database/migrations/0004_create_user_sessions_table',
  'database/migrations/0005_create_sign_in_attempts_tables',
  'database/migrations/0006_create_key_checks_table',
  'database/migrations/0007_create_registrations_table',
  'database/migrations/0008_create_outgoing_mails_table',
  'database/migrations/0009_create_articles_table',
  'database/migrations/0010_create_sandbox_mails_table',
  'database/migrations/0011_create_sign_in_codes_table',
  'database/migrations/0012_create_audit_entries_table',
  'database/migrations/0014_add_checks_to_provider_credentials',
  'database/migrations/0015_create_second_factors_tables',
  'database/migrations/0016_watch_the_health_of_providers',
  'database/migrations/0017_create_limits_tables',
  'database/migrations/0018_add_retirement_to_provider_credentials',
  'database/migrations/0019_create_set_up_ticks_table',
  'database/migrations/0020_make_people_searchable',
  'database/migrations/0021_add_refresh_to_identities',
  'database/migrations/0021_create_revocations_table',
  'database/migrations/0022_create_received_notices_table',
  'database/migrations/0023_add_idle_end_to_user_sessions',
  'database/migrations/0024_create_waiting_codes_table',
  'database/migrations/0024_widen_app_refs',
  'database/migrations/0025_add_session_epoch_to_users',
  'database/migrations/0026_end_links_of_strangers',
  'database/migrations/0026_keep_reasons_of_notices',
  'database/migrations/0026_let_addresses_rest_on_identities',
  'database/migrations/0027_create_oidc_tables',
]

/** The migrations of this version, in order; the first twelve took the place of the former ones. */
const PRESENT = readdirSync(join(projectRoot, 'database/migrations'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `database/migrations/${file.replace(/\.ts$/, '')}`)
  .sort()

const COMBINED = PRESENT.slice(0, 12)

/* The tables of these are here too, so that they stay in every list. */
const LATER = PRESENT.slice(12)

const TOO_OLD = /^The database is too old .*\(21 of 30 .*"migration:run --force" of commit 559269b/

async function list() {
  const rows: { name: string }[] = await db.from('adonis_schema').select('name').orderBy('id')
  return rows.map(({ name }) => name)
}

async function writeList(names: string[]) {
  await db.from('adonis_schema').delete()
  await db.table('adonis_schema').multiInsert(names.map((name, at) => ({ name, batch: at + 1 })))
}

const run = (env: Record<string, string> = {}, ...flags: string[]) =>
  ace(['migration:run', ...flags], '', env)

const lines = (text: string) => text.trimEnd().split('\n')

async function refusal() {
  const server = await spawnServer(onThisDatabase())
  const code = await server.stop()
  return { live: server.live, code, lines: lines(server.printed.stderr) }
}

test.group('A database with the former migrations', (group) => {
  group.tap((one) => one.timeout(60_000))
  group.each.teardown(() => writeList(PRESENT))

  test('that has had them all is taken over, keeps its rows, and serves', async ({ assert }) => {
    await writeList([...FORMER, ...LATER])
    await db.table('site_settings').insert({ name: 'kept', value: '1', updated_at: new Date() })

    const refused = await refusal()
    assert.deepInclude(refused, { live: false, code: 1 })
    assert.lengthOf(refused.lines, 1)
    assert.match(refused.lines[0], /^The database is older .*\(1 migration pending\)/)

    const { code, output } = await run({ NODE_ENV: 'production' }, '--force')
    assert.equal(code, 0, output)
    assert.include(output, 'Already up to date')
    assert.sameOrderedMembers(await list(), [...LATER, ...COMBINED])
    assert.equal(await db.from('site_settings').where('name', 'kept').delete(), 1)

    const server = await spawnServer(onThisDatabase())
    await server.stop()
    assert.isTrue(server.live, server.printed.stderr)
  })

  test('that has had only some stops the command and the server, each with one line', async ({
    assert,
  }) => {
    const old = FORMER.slice(0, 21)
    await writeList(old)

    const { code, output } = await run({ NODE_ENV: 'production' }, '--force')
    assert.equal(code, 1)
    assert.lengthOf(lines(output), 1)
    assert.match(output, TOO_OLD)
    assert.deepEqual(await list(), old)

    const refused = await refusal()
    assert.deepInclude(refused, { live: false, code: 1 })
    assert.lengthOf(refused.lines, 1)
    assert.match(refused.lines[0], TOO_OLD)
  })

  test('stays as it is in a dry run, and in production without consent', async ({ assert }) => {
    await writeList([...FORMER, ...LATER])
    await run({}, '--dry-run')
    assert.deepEqual(await list(), [...FORMER, ...LATER])
    await run({ NODE_ENV: 'production' })
    assert.deepEqual(await list(), [...FORMER, ...LATER])
  })

  test('is taken over once, when two have read the list before either writes', async ({
    assert,
  }) => {
    await writeList([...FORMER, ...LATER])
    await Promise.all([replaceFormer(db.connection()), replaceFormer(db.connection())])
    assert.deepEqual(await list(), [...LATER, ...COMBINED])
  })

  test('is taken over once by processes that start at the same time', async ({ assert }) => {
    await writeList([...FORMER, ...LATER])
    const ended = await Promise.all([run(), run()])
    /* On MySQL Lucid may keep the second from running anything: it says so. */
    assert.include(
      ended.map(({ code }) => code),
      0
    )
    assert.deepEqual(await list(), [...LATER, ...COMBINED])
  })

  test('is not the only one that the server refuses: one migration less, and it says 1', async ({
    assert,
  }) => {
    await writeList(PRESENT.slice(0, -1))
    const refused = await refusal()
    assert.deepInclude(refused, { live: false, code: 1 })
    assert.match(refused.lines[0], /^The database is older .*\(1 migration pending\)/)
  })
})

test.group('The migrations', (group) => {
  group.tap((one) => one.timeout(120_000))

  test('are all undone by migration:reset, and done again', async ({ assert }) => {
    const tables = async () =>
      (await db.connection().getAllTables()).filter((name) => !name.startsWith('adonis_schema'))
    const before = await tables()
    assert.include(before, 'users')

    const reset = await ace(['migration:reset', '--force'])
    assert.equal(reset.code, 0, reset.output)
    const undone = await tables()
    const again = await run({}, '--force')

    assert.equal(again.code, 0, again.output)
    assert.isEmpty(undone)
    assert.sameMembers(await tables(), before)
  })
})
