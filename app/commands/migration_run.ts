import Migrate from '@adonisjs/lucid/commands/migration/run'
import type { MigrationRunner } from '@adonisjs/lucid/migration'

/** Lucid's command, which also works for databases with the former migrations. */
export default class MigrationRun extends Migrate {
  protected async runMigrations(migrator: MigrationRunner, connectionName: string) {
    if (!migrator.dryRun) {
      const { replaceFormer } = await import('#database/former_migrations')
      const db = await this.app.container.make('lucid.db')
      await replaceFormer(db.connection(connectionName))
    }
    await super.runMigrations(migrator, connectionName)
  }
}
