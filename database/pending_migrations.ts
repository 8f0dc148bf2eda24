import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'

/** The names of the migrations that this code has and the database has not had. */
export async function pendingMigrations(): Promise<string[]> {
  const runner = new MigrationRunner(db, app, { direction: 'up' })
  const migrations = await runner.getList()
  return migrations.filter(({ status }) => status === 'pending').map(({ name }) => name)
}
