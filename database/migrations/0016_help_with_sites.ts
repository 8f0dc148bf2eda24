import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** For a site's administrators: what went wrong with its last requests, and trying it out. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('client_failures', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table
        .integer('client_id')
        .unsigned()
        .notNullable()
        .references('clients.id')
        .onDelete('CASCADE')
      table.string('reason', 40).notNullable()
      table.text('details').notNullable()
      table.dateTime('occurred_at').notNullable().index()
      table.index(['client_id', 'occurred_at'])
    })

    this.schema.createTable('client_trials', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('state_hash', 43).notNullable().unique()
      table
        .integer('client_id')
        .unsigned()
        .notNullable()
        .references('clients.id')
        .onDelete('CASCADE')
      table
        .integer('user_session_id')
        .unsigned()
        .notNullable()
        .references('user_sessions.id')
        .onDelete('CASCADE')
      table.dateTime('claimed_at').nullable()
      table.dateTime('expires_at').notNullable().index()
    })
  }

  async down() {
    this.schema.dropTable('client_trials')
    this.schema.dropTable('client_failures')
  }
}
