import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('revocations', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('subject', 100).notNullable()
      table.enum('cause', ['disconnected', 'withdrawn']).notNullable()
      table.string('token_client_id', 200).nullable()
      table.text('access_token').nullable()
      table.text('refresh_token').nullable()
      table.dateTime('token_expires_at').nullable()
      /* Whom to tell if it never works. The person may be gone from `users` by then. */
      table.text('contact').nullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('next_at').notNullable()
      table.dateTime('lease_until').nullable()
      table.dateTime('given_up_at').nullable()
      table.string('last_error', 100).nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.index(['provider_id', 'subject'])
      table.index(['given_up_at', 'next_at'])
    })
  }

  async down() {
    this.schema.dropTable('revocations')
  }
}
