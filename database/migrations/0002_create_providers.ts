import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Providers, their credentials, and which steps of setting them up are done. */
export default class extends BaseSchema {
  get #isMysql() {
    return this.db.dialect.name === 'mysql'
  }

  async up() {
    /* SQLite enforces no length; it keeps the one that databases were first made with. */
    const appRefLength = this.#isMysql ? 200 : 100

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
      table.string('app_ref', appRefLength).nullable()
      table.text('admin_key').nullable()
      table.text('admin_key_previous').nullable()
      table.boolean('sandbox').notNullable().defaultTo(false)
      /*
       * The two tables point at each other. SQLite takes a reference to a
       * table that is yet to come; MySQL gets the key once both exist.
       */
      const active = table.integer('active_credential_id').unsigned().nullable()
      if (!this.#isMysql) active.references('provider_credentials.id').onDelete('SET NULL')
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.boolean('hide_when_failing').notNullable().defaultTo(false)
      table.dateTime('auto_hidden_at').nullable()
      table.string('auto_hidden_for', 40).nullable()
      /* Trips that began earlier say nothing any more about how it does. */
      table.dateTime('judged_from').nullable()
      table.dateTime('watched_at').nullable()
      table.enum('on_unlink', ['nothing', 'suspend', 'withdraw']).notNullable().defaultTo('nothing')
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
      /* The last check of the keys: when, how it ended, and the provider's own code. */
      table.dateTime('checked_at').nullable()
      table.string('check_result', 40).nullable()
      table.string('check_code', 40).nullable()
      /* The application that the provider says it belongs to. */
      table.string('app_ref', appRefLength).nullable()
      /* Set while it is retiring: when it is revoked by itself. */
      table.dateTime('retire_until').nullable()
      /* When administrators were told that its secret is old; once. */
      table.dateTime('reminded_at').nullable()
    })

    if (this.#isMysql) {
      this.schema.alterTable('providers', (table) => {
        table
          .foreign('active_credential_id')
          .references('provider_credentials.id')
          .onDelete('SET NULL')
      })
    }

    this.schema.createTable('set_up_ticks', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('step', 40).notNullable()
      table.string('ticked_by', 100).nullable()
      table.dateTime('ticked_at').notNullable()
      table.unique(['provider_id', 'step'])
    })
  }

  async down() {
    this.schema.dropTable('set_up_ticks')
    if (this.#isMysql) {
      this.schema.alterTable('providers', (table) => table.dropForeign('active_credential_id'))
    }
    this.schema.dropTable('provider_credentials')
    this.schema.dropTable('providers')
  }
}
