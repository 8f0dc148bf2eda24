import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Sites of others, ids that only one site knows, and what members let a site see. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('clients', (table) => {
      table.boolean('third_party').notNullable().defaultTo(false)
      table.text('pairwise_salt').nullable()
    })

    /* It was for the library's own session, which is no longer kept. */
    this.schema.alterTable('oidc_payloads', (table) => {
      table.dropIndex(['uid_hash'])
    })
    this.schema.raw('ALTER TABLE oidc_payloads DROP COLUMN uid_hash')

    this.schema.createTable('consents', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table
        .integer('client_id')
        .unsigned()
        .notNullable()
        .index()
        .references('clients.id')
        .onDelete('CASCADE')
      table.text('scopes').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.unique(['user_id', 'client_id'])
    })
  }

  async down() {
    this.schema.dropTable('consents')
    this.schema.alterTable('oidc_payloads', (table) => {
      table.string('uid_hash', 43).nullable().index()
    })
    /* Knex would make the table anew on SQLite, and what hangs on its rows would go. */
    this.schema.raw('ALTER TABLE clients DROP COLUMN third_party')
    this.schema.raw('ALTER TABLE clients DROP COLUMN pairwise_salt')
  }
}
