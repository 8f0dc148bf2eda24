import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes, indexForeignKey } from '#database/dialect'

/*
 * All that the health figures read, so that they read nothing but this index. It
 * does not stand in for the one on provider_id and started_at: MySQL checks a
 * foreign key again whenever the index that serves it changes, and this one
 * changes as a trip ends or its credential is deleted.
 */
const FIGURES = [
  'provider_id',
  'started_at',
  'credential_id',
  'intent',
  'outcome',
  'failure',
  'claimed_at',
]

/** Trips to providers, the people who came back and have to prove something, and codes that wait. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('sign_in_attempts', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('state_hash', 43).nullable().unique()
      table.string('browser_hash', 43).nullable()
      table
        .integer('provider_id')
        .unsigned()
        .nullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table
        .integer('credential_id')
        .unsigned()
        .nullable()
        .references('provider_credentials.id')
        .onDelete('SET NULL')
      table
        .enum('intent', ['sign_in', 'link', 'reconsent', 'reauthenticate', 'prove', 'trial'])
        .notNullable()
      table
        .integer('parent_id')
        .unsigned()
        .nullable()
        .references('sign_in_attempts.id')
        .onDelete('SET NULL')
      for (const column of ['actor_user_id', 'user_id']) {
        table.integer(column).unsigned().nullable().references('users.id').onDelete('SET NULL')
      }
      table
        .integer('identity_id')
        .unsigned()
        .nullable()
        .references('identities.id')
        .onDelete('SET NULL')
      table.string('next', 2048).nullable()
      table.string('locale', 5).nullable()
      table.dateTime('started_at').notNullable().index()
      table.dateTime('expires_at').notNullable()
      table.dateTime('claimed_at').nullable()
      table.dateTime('finished_at').nullable()
      table.string('outcome', 20).nullable()
      table.string('failure', 40).nullable()
      table.text('missing_fields').nullable()
      table.text('steps').notNullable()
      table.string('ip', 45).nullable()
      table.string('user_agent', 255).nullable()
      table.index(['provider_id', 'started_at'])
      table.index(['user_id', 'started_at'])
      indexForeignKey(this, table, 'actor_user_id')
      table.index(FIGURES, 'sign_in_attempts_figures_index')
      /*
       * SQLite looks for the children of every row it deletes; without this,
       * pruning 500 of 200,000 rows took 20 seconds.
       */
      indexForeignKey(this, table, 'parent_id')
      table.index(['failure', 'started_at'])
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
      /* The trip that ended here; it is finished when the proof succeeds. */
      table
        .integer('attempt_id')
        .unsigned()
        .nullable()
        .references('sign_in_attempts.id')
        .onDelete('SET NULL')
      table.enum('purpose', ['prove', 'complete']).notNullable()
      table.string('next', 2048).nullable()
      table.string('code_hash', 43).nullable()
      table.integer('codes_sent').notNullable().defaultTo(0)
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('expires_at').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      /* Asked for before each call that ends a link. */
      table.index(['provider_id', 'subject'])
    })

    /* Codes of people who came back while the provider's secret was being replaced. */
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
    this.schema.dropTable('pending_identities')
    this.schema.dropTable('sign_in_attempts')
  }
}
