import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import { COMBINED, listsFormer } from '#database/former_migrations'

/**
 * How many steps `migration:run` would take: the migrations that this code has
 * and the database has not had. To replace the names of former ones counts as one.
 *
 * @throws StartRefused when the database is too old for `migration:run`
 */
export async function countPendingMigrations(): Promise<number> {
  const hasFormer = await listsFormer(db.connection())
  const runner = new MigrationRunner(db, app, { direction: 'up' })
  const migrations = await runner.getList()
  const pending = migrations.filter(({ status }) => status === 'pending')
  if (!hasFormer) return pending.length
  return 1 + pending.filter(({ name }) => !COMBINED.includes(name)).length
}
