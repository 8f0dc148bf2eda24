import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('waiting_codes', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('attempt_id')
        .unsigned()
        .notNullable()
        .unique()
        .references('sign_in_attempts.id')
        .onDelete('CASCADE')
      table.text('code').notNullable()
      /* The credentials whose secrets the provider has refused. */
      table.text('tried').notNullable()
      table.dateTime('lease_until').nullable()
      table.dateTime('expires_at').notNullable().index()
      table.dateTime('created_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('waiting_codes')
  }
}
