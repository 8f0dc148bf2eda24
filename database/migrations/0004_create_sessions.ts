import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes, indexForeignKey } from '#database/dialect'

/** Who is signed in on which device, and the codes that confirm it; the framework's own sessions. */
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
      /* When the second factor was given in this session. */
      table.dateTime('second_factor_at').nullable()
      /* The first factor was given once more, and the second is yet to come. */
      table.dateTime('first_factor_at').nullable()
      table.string('end_reason', 20).nullable()
      /* When it ends for want of use. A row that was given no time has ended. */
      table.dateTime('lapses_at').notNullable().defaultTo('1970-01-01 00:00:00')
      indexForeignKey(this, table, 'user_id')
    })

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
    this.schema.dropTable('sign_in_codes')
    this.schema.dropTable('user_sessions')
  }
}
