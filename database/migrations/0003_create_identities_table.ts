import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('identities', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('subject', 100).notNullable()
      table.string('email', 254).nullable()
      table.string('name', 100).nullable()
      table.text('scopes').notNullable()
      table.text('access_token').nullable()
      table.text('refresh_token').nullable()
      table.dateTime('token_expires_at').nullable()
      table.dateTime('linked_at').notNullable()
      table.dateTime('unlinked_at').nullable()
      table.dateTime('last_used_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.unique(['provider_id', 'subject'])
    })
  }

  async down() {
    this.schema.dropTable('identities')
  }
}
