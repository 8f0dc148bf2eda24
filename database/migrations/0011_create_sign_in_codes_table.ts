import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    /* Six digits mailed to somebody signed in, who proves with them to be there still. */
    this.schema.createTable('sign_in_codes', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table
        .integer('session_id')
        .unsigned()
        .notNullable()
        .references('user_sessions.id')
        .onDelete('CASCADE')
      table.string('code_hash', 43).notNullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('expires_at').notNullable()
      table.dateTime('created_at').notNullable()
    })

    /* For the history of a person's own attempts; MySQL has one for its foreign key. */
    if (this.db.dialect.name !== 'mysql') {
      this.schema.alterTable('sign_in_attempts', (table) => {
        table.index(['actor_user_id'])
      })
    }
  }

  async down() {
    if (this.db.dialect.name !== 'mysql') {
      this.schema.alterTable('sign_in_attempts', (table) => {
        table.dropIndex(['actor_user_id'])
      })
    }
    this.schema.dropTable('sign_in_codes')
  }
}
