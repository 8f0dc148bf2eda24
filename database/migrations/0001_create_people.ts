import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** People, those who are about to become members, and the links they are mailed. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('users', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('email', 254).nullable().unique()
      table.string('name', 100).notNullable()
      table.boolean('name_set_here').notNullable().defaultTo(false)
      /* Null: none. Such an account is entered by another way. */
      table.string('password', 255).nullable()
      table.enum('role', ['member', 'admin']).notNullable().defaultTo('member')
      table.string('locale', 5).nullable()
      table.dateTime('suspended_at').nullable()
      table.dateTime('last_sign_in_at').nullable()
      table.dateTime('withdraw_at').nullable().index()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      /* Null: no second factor. It stands here so that no page needs another query to know. */
      table.dateTime('second_factor_at').nullable()
      /* The name as it is searched for. */
      table.string('search_key', 100).notNullable().defaultTo('').index()
      table.string('suspension_note', 200).nullable()
      /* How often the sessions have been ended: a proof from before the last time counts no more. */
      table.integer('session_epoch').unsigned().notNullable().defaultTo(0)
      /* When the address stopped counting as proved (decision 9). */
      table.dateTime('email_ended_at').nullable()
      table.index(['role'])
      table.index(['suspended_at'])
    })

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

    /* Links in mails to members: a forgotten password, an address to prove. */
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
    this.schema.dropTable('users')
  }
}
