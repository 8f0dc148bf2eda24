import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes, indexForeignKey } from '#database/dialect'

/** Members' accounts at providers, links to end there, and notices of links that ended there. */
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
      /* To whom the tokens were given: only that client can refresh or revoke them. */
      table.string('token_client_id', 200).nullable()
      table.dateTime('refresh_lease_until').nullable()
      table.string('refresh_failure', 40).nullable()
      /* The proof of the member's address is this account's word (decision 9). */
      table.boolean('proves_email').notNullable().defaultTo(false)
      table.unique(['provider_id', 'subject'])
      table.index(['subject'])
      table.index(['email'])
      table.index(['provider_id', 'user_id'])
      indexForeignKey(this, table, 'user_id')
    })

    this.schema.createTable('revocations', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('subject', 100).notNullable()
      table.string('token_client_id', 200).nullable()
      table.text('access_token').nullable()
      table.text('refresh_token').nullable()
      table.dateTime('token_expires_at').nullable()
      /* Whom to tell if it never works. The person may be gone from `users` by then. */
      table.text('contact').nullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('next_at').notNullable()
      table.dateTime('lease_until').nullable()
      table.dateTime('given_up_at').nullable()
      table.string('last_error', 100).nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table
        .enum('cause', ['disconnected', 'withdrawn', 'refused', 'abandoned', 'tried'])
        .notNullable()
        .defaultTo('disconnected')
      table.index(['provider_id', 'subject'])
      table.index(['given_up_at', 'next_at'])
    })

    this.schema.createTable('received_notices', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('subject', 100).notNullable()
      /* What tells one notice from another, where the provider gives something: a repeat has the same. */
      table.string('fingerprint', 43).nullable()
      table.boolean('by_retiring').notNullable()
      /* When it happened, as the provider says. */
      table.dateTime('happened_at').notNullable()
      table.dateTime('received_at').notNullable()
      table.dateTime('handled_at').nullable().index()
      table.string('result', 20).nullable()
      table.string('consequence', 20).nullable()
      /* Why the link ended, as far as that makes a difference here. */
      table.string('reason', 20).nullable()
      table.enum('event', ['unlinked', 'identifier', 'other']).notNullable().defaultTo('other')
      table.unique(['provider_id', 'fingerprint'])
      table.index(['provider_id', 'received_at'])
    })
  }

  async down() {
    this.schema.dropTable('received_notices')
    this.schema.dropTable('revocations')
    this.schema.dropTable('identities')
  }
}
