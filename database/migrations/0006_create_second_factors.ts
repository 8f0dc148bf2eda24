import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Second factors, their recovery codes, and the sign-ins that wait for one. */
export default class extends BaseSchema {
  async up() {
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
      /* The session in which it is being set up: no other may confirm it. */
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

    /* The first factor was right; there is no session yet. */
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
  }

  async down() {
    this.schema.dropTable('waiting_sign_ins')
    this.schema.dropTable('recovery_codes')
    this.schema.dropTable('second_factors')
  }
}
