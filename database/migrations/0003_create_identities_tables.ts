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

    this.schema.createTable('pending_identities', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('browser_hash', 43).notNullable().index()
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('subject', 100).notNullable()
      table.text('profile').notNullable()
      table.text('tokens').nullable()
      table
        .integer('target_user_id')
        .unsigned()
        .nullable()
        .references('users.id')
        .onDelete('CASCADE')
      table.enum('purpose', ['prove', 'complete']).notNullable()
      table.string('next', 2048).nullable()
      table.string('code_hash', 43).nullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('expires_at').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('pending_identities')
    this.schema.dropTable('identities')
  }
}
