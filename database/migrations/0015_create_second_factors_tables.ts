import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    /* Null: none. Here, so that no page needs another query to know. */
    this.schema.alterTable('users', (table) => {
      table.dateTime('second_factor_at').nullable()
    })

    this.schema.alterTable('user_sessions', (table) => {
      /* When the second factor was given in this session. */
      table.dateTime('second_factor_at').nullable()
      /* The first factor was given once more, and the second is yet to come. */
      table.dateTime('first_factor_at').nullable()
    })

    this.schema.createTable('second_factors', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('user_id')
        .unsigned()
        .notNullable()
        .unique()
        .references('users.id')
        .onDelete('CASCADE')
      table.text('secret').notNullable()
      /* In which it is being set up; the one of nobody else's making. */
      table
        .integer('session_id')
        .unsigned()
        .nullable()
        .references('user_sessions.id')
        .onDelete('CASCADE')
      table.dateTime('confirmed_at').nullable()
      /* Of the last code that was taken: 30-second steps since 1970. */
      table.integer('last_counter').nullable()
      /* Wrong codes in a row, whichever sign-in they were typed for. */
      table.integer('failures').notNullable().defaultTo(0)
      table.dateTime('failed_at').nullable()
      table.dateTime('created_at').notNullable()
    })

    this.schema.createTable('recovery_codes', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table.string('code_hash', 43).notNullable()
      table.dateTime('created_at').notNullable()
      table.unique(['user_id', 'code_hash'])
    })

    /* The first factor was right; no session yet. */
    this.schema.createTable('waiting_sign_ins', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('token_hash', 43).notNullable().unique()
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table
        .integer('identity_id')
        .unsigned()
        .nullable()
        .references('identities.id')
        .onDelete('CASCADE')
      table
        .integer('attempt_id')
        .unsigned()
        .nullable()
        .references('sign_in_attempts.id')
        .onDelete('SET NULL')
      table.boolean('remember').notNullable()
      table.string('next', 2048).nullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('expires_at').notNullable().index()
      table.dateTime('created_at').notNullable()
    })

    this.schema.createTable('site_settings', (table) => {
      compareByBytes(this, table)
      table.string('name', 40).primary()
      table.text('value').notNullable()
      table.dateTime('updated_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('site_settings')
    this.schema.dropTable('waiting_sign_ins')
    this.schema.dropTable('recovery_codes')
    this.schema.dropTable('second_factors')
    /* Knex would copy the whole table on SQLite, and with it go the rows that refer to it. */
    for (const column of ['first_factor_at', 'second_factor_at']) {
      this.schema.raw(`alter table user_sessions drop column ${column}`)
    }
    this.schema.raw('alter table users drop column second_factor_at')
  }
}
