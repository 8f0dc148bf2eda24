import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('user_sessions', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('token_hash', 43).notNullable().unique()
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table
        .integer('identity_id')
        .unsigned()
        .nullable()
        .references('identities.id')
        .onDelete('CASCADE')
      table.string('user_agent', 255).nullable()
      table.string('ip', 45).nullable()
      table.dateTime('authenticated_at').notNullable()
      table.dateTime('seen_at').notNullable()
      table.dateTime('expires_at').notNullable().index()
      table.dateTime('revoked_at').nullable()
      table.dateTime('created_at').notNullable()
    })

    /* The framework's own sessions, used when SESSION_DRIVER=database. */
    this.schema.createTable('sessions', (table) => {
      compareByBytes(this, table)
      table.string('id', 255).primary()
      table.text('data').notNullable()
      table.string('user_id', 255).nullable().index()
      table.dateTime('expires_at').notNullable().index()
    })
  }

  async down() {
    this.schema.dropTable('sessions')
    this.schema.dropTable('user_sessions')
  }
}
