import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** The sites that sign in through this one, their secrets, and what they have been given. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('clients', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('client_id', 64).notNullable().unique()
      table.string('name', 100).notNullable()
      table.string('kind', 10).notNullable()
      table.text('redirect_uris').notNullable()
      table.text('post_logout_redirect_uris').notNullable()
      table.text('scopes').notNullable()
      table.dateTime('disabled_at').nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    this.schema.createTable('client_secrets', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('client_id')
        .unsigned()
        .notNullable()
        .index()
        .references('clients.id')
        .onDelete('CASCADE')
      table.text('secret_hash').notNullable()
      table.string('secret_tail', 2).notNullable()
      table.dateTime('retire_until').nullable()
      table.dateTime('last_used_at').nullable()
      table.dateTime('created_at').notNullable()
    })

    this.schema.createTable('signing_keys', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.text('private_key').notNullable()
      table.dateTime('signs_from').notNullable()
      table.dateTime('created_at').notNullable()
    })

    this.schema.createTable('oidc_payloads', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('model', 40).notNullable()
      table.string('id_hash', 43).notNullable()
      table.string('uid_hash', 43).nullable().index()
      table.string('grant_hash', 43).nullable().index()
      table.string('client_id', 64).nullable()
      table.text('payload', 'mediumtext').notNullable()
      table.integer('user_id').unsigned().nullable().references('users.id').onDelete('CASCADE')
      table
        .integer('user_session_id')
        .unsigned()
        .nullable()
        .references('user_sessions.id')
        .onDelete('SET NULL')
      table
        .integer('identity_id')
        .unsigned()
        .nullable()
        .references('identities.id')
        .onDelete('CASCADE')
      /* Whether it is worth nothing once that session has ended. */
      table.boolean('ends_with_session').notNullable()
      table.dateTime('consumed_at').nullable()
      table.dateTime('expires_at').notNullable().index()
      table.dateTime('created_at').notNullable()
      table.unique(['model', 'id_hash'])
    })
  }

  async down() {
    this.schema.dropTable('oidc_payloads')
    this.schema.dropTable('signing_keys')
    this.schema.dropTable('client_secrets')
    this.schema.dropTable('clients')
  }
}
