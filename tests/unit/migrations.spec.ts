import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import type { BaseSchema } from '@adonisjs/lucid/schema'

/*
 * What each migration asks of SQLite and MySQL, as a hash. Sites have run the
 * migrations that are here, and do not run them again: a line that is here stays
 * as it is. A new migration adds a line.
 */
const LANDED: Record<string, string> = {
  '0001_create_people': '2a7eab2fa53eb151',
  '0002_create_providers': '2f3f2c6ad7306f02',
  '0003_create_identities': 'ac4e1f32d7b88b91',
  '0004_create_sessions': '2786be4cd6ddb960',
  '0005_create_sign_in_attempts': '169d12ba0a8c3cf8',
  '0006_create_second_factors': 'ff16bcd44311b3f8',
  '0007_create_mails': '9732346c500d0da8',
  '0008_create_articles': '2913690596c2fa7b',
  '0009_create_audit_entries': 'ef5d76d3a30f4a8e',
  '0010_create_limits': 'c82887e3da2a8aa6',
  '0011_create_site_settings': '1dffc3f3da1a412f',
  '0012_create_oidc': '8d81c294c9c16542',
  '0013_mark_clients_of_the_sandbox': 'c399dcf436a3429d',
  '0014_tell_sites_apart': 'fc94ad9e38261d2d',
  '0015_shape_sites': 'fdc10a7cb8be145b',
  '0016_help_with_sites': '41dbf22eadb74776',
  '0017_tell_sites': '46fe03b06d55a68e',
  '0020_create_site': '9d79739635895e0a',
  '0021_give_the_site_a_colour': 'dc3fe07abc0f838e',
  '0022_create_documents': '0fab99fe9602c129',
  '0024_create_agreements': '3665c9b3001d6346',
}

type Migration = new (...args: ConstructorParameters<typeof BaseSchema>) => BaseSchema

/** The statements of a migration, which a dry run only says; nothing connects. */
async function statements(name: string, connection: string) {
  const { default: Migration } = (await import(app.migrationsPath(name).toString())) as {
    default: Migration
  }
  const asked = await new Migration(db.connection(connection), name, true).execUp()
  return (asked as string[]).join('\n')
}

async function hashes() {
  const found: Record<string, string> = {}
  for (const file of (await readdir(app.migrationsPath())).sort()) {
    if (!/^[^.]+\.[jt]s$/.test(file)) continue
    const hash = createHash('sha256')
    for (const database of ['sqlite', 'mysql']) hash.update(await statements(file, database))
    found[file.replace(/\.[jt]s$/, '')] = hash.digest('hex').slice(0, 16)
  }
  return found
}

test.group('The migrations', () => {
  test('do what they did when they landed', async ({ assert }) => {
    assert.deepEqual(await hashes(), LANDED)
  })

  test('have a number each, in order', ({ assert }) => {
    const numbers = Object.keys(LANDED).map((name) => Number(name.slice(0, 4)))
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((one, other) => one - other)
    )
  })
})
