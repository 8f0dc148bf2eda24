import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('registrations', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('email', 254).notNullable().index()
      table.string('name', 100).notNullable()
      table.string('password', 255).notNullable()
      table.string('token_hash', 43).notNullable()
      table.string('browser_hash', 43).nullable()
      table.string('locale', 5).nullable()
      table.string('next', 2048).nullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('expires_at').notNullable().index()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    /* Links in mails to people who exist: a forgotten password, an address to prove. */
    this.schema.createTable('account_tokens', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table.enum('purpose', ['reset_password', 'prove_email']).notNullable()
      table.string('token_hash', 43).notNullable().unique()
      table.string('email', 254).nullable()
      table.dateTime('expires_at').notNullable().index()
      table.dateTime('created_at').notNullable()
      table.index(['user_id', 'purpose'])
    })
  }

  async down() {
    this.schema.dropTable('account_tokens')
    this.schema.dropTable('registrations')
  }
}
