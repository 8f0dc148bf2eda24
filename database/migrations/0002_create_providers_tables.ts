import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    const isSqlite = this.db.dialect.name === 'better-sqlite3'

    this.schema.createTable('providers', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('key', 40).notNullable().unique()
      table.string('driver', 40).notNullable()
      table.string('label', 60).notNullable()
      table.boolean('enabled').notNullable().defaultTo(false)
      table.boolean('hidden').notNullable().defaultTo(false)
      table.integer('position').notNullable().defaultTo(0)
      table.text('scopes').notNullable()
      table.text('required_fields').notNullable()
      table
        .enum('email_policy', ['never', 'own_domain', 'provider_says', 'trusted'])
        .notNullable()
        .defaultTo('never')
      table.boolean('allow_sign_up').notNullable().defaultTo(true)
      table.enum('sync_profile', ['always', 'first']).notNullable().defaultTo('always')
      table.string('app_ref', 100).nullable()
      table.text('admin_key').nullable()
      table.text('admin_key_previous').nullable()
      table.boolean('sandbox').notNullable().defaultTo(false)
      /*
       * The two tables point at each other. SQLite takes a reference to a
       * table that is yet to come; MySQL gets the key once both exist.
       */
      const active = table.integer('active_credential_id').unsigned().nullable()
      if (isSqlite) active.references('provider_credentials.id').onDelete('SET NULL')
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    this.schema.createTable('provider_credentials', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('label', 60).nullable()
      table.string('client_id', 200).notNullable()
      table.text('client_secret').nullable()
      table.integer('secret_length').notNullable().defaultTo(0)
      table.string('secret_tail', 2).notNullable().defaultTo('')
      table.enum('status', ['draft', 'active', 'retiring', 'revoked']).notNullable()
      table.integer('created_by').unsigned().nullable().references('users.id').onDelete('SET NULL')
      table.dateTime('activated_at').nullable()
      table.dateTime('retired_at').nullable()
      table.dateTime('revoked_at').nullable()
      table.dateTime('last_used_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    if (!isSqlite) {
      this.schema.alterTable('providers', (table) => {
        table
          .foreign('active_credential_id')
          .references('provider_credentials.id')
          .onDelete('SET NULL')
      })
    }
  }

  async down() {
    if (this.db.dialect.name !== 'better-sqlite3') {
      this.schema.alterTable('providers', (table) => table.dropForeign('active_credential_id'))
    }
    this.schema.dropTable('provider_credentials')
    this.schema.dropTable('providers')
  }
}
