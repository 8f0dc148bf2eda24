import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes, indexForeignKey } from '#database/dialect'

/** What sites are told: where, and what waits to be sent. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('clients', (table) => {
      table.text('backchannel_logout_uri').nullable()
      table.text('webhook_url').nullable()
      table.boolean('inside').notNullable().defaultTo(false)
      table.text('webhook_secret').nullable()
      /* Still signs alongside, until then. */
      table.text('webhook_secret_previous').nullable()
      table.dateTime('webhook_previous_until').nullable()
      table.dateTime('webhook_failing_since').nullable()
      table.dateTime('webhook_off_at').nullable()
    })

    this.schema.createTable('site_messages', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('client_id')
        .unsigned()
        .notNullable()
        .references('clients.id')
        .onDelete('CASCADE')
      table.string('kind', 30).notNullable()
      /* Whom it is about, as that site knows them; of a sign-out, perhaps one session. */
      table.string('subject', 64).notNullable()
      table.string('sid', 22).nullable()
      table.integer('tries').unsigned().notNullable()
      table.dateTime('next_at').notNullable()
      table.dateTime('lease_until').nullable()
      table.dateTime('sent_at').nullable()
      table.dateTime('given_up_at').nullable()
      table.integer('last_status').unsigned().nullable()
      table.string('last_error', 100).nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.index(['client_id', 'subject'])
      table.index(['sent_at', 'given_up_at', 'next_at'])
    })

    this.schema.alterTable('oidc_payloads', (table) => {
      indexForeignKey(this, table, 'user_session_id')
      indexForeignKey(this, table, 'user_id')
    })
  }

  async down() {
    this.schema.alterTable('oidc_payloads', (table) => {
      if (this.db.dialect.name === 'mysql') return
      table.dropIndex(['user_session_id'])
      table.dropIndex(['user_id'])
    })
    this.schema.dropTable('site_messages')
    /* Knex would make the table anew on SQLite, and what hangs on its rows would go. */
    for (const column of [
      'backchannel_logout_uri',
      'webhook_url',
      'inside',
      'webhook_secret',
      'webhook_secret_previous',
      'webhook_previous_until',
      'webhook_failing_since',
      'webhook_off_at',
    ]) {
      this.schema.raw(`ALTER TABLE clients DROP COLUMN ${column}`)
    }
  }
}
