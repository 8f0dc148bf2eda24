import { BaseSchema } from '@adonisjs/lucid/schema'

/** Links made on the way in by people who then had no account here are to be ended too. */
export default class extends BaseSchema {
  async up() {
    /* SQLite cannot give a column other values to choose from. */
    this.schema.raw('ALTER TABLE revocations RENAME COLUMN cause TO former_cause')
    this.schema.alterTable('revocations', (table) => {
      table
        .enum('cause', ['disconnected', 'withdrawn', 'refused', 'abandoned', 'tried'])
        .notNullable()
        .defaultTo('disconnected')
    })
    this.schema.raw('UPDATE revocations SET cause = former_cause')
    this.schema.raw('ALTER TABLE revocations DROP COLUMN former_cause')

    /* Asked for before each call that ends a link. */
    this.schema.alterTable('pending_identities', (table) => {
      table.index(['provider_id', 'subject'])
    })
  }

  async down() {
    this.schema.alterTable('pending_identities', (table) => {
      if (this.db.dialect.name !== 'mysql') table.dropIndex(['provider_id', 'subject'])
    })
    this.schema.raw(`DELETE FROM revocations WHERE cause NOT IN ('disconnected', 'withdrawn')`)
  }
}
