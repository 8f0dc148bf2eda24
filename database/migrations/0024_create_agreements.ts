import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Members' agreements to versions of documents, and what they have yet to agree to. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('agreements', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('user_id')
        .unsigned()
        .notNullable()
        .index()
        .references('users.id')
        .onDelete('CASCADE')
      table
        .integer('version_id')
        .unsigned()
        .notNullable()
        .index()
        .references('document_versions.id')
      table.string('way', 10).notNullable()
      table.string('provider_label', 60).nullable()
      table.dateTime('agreed_at').notNullable()
      table.dateTime('withdrawn_at').nullable()
    })

    this.schema.alterTable('site', (table) => {
      table.boolean('age_question').notNullable().defaultTo(false)
      /* What every member must have agreed to, in short; a member has the same once they have. */
      table.string('duties', 22).nullable()
    })
    this.schema.alterTable('users', (table) => {
      table.string('duties', 22).nullable()
      table.dateTime('of_age_at').nullable()
    })
    /* What somebody has agreed to who is no member yet. */
    for (const name of ['registrations', 'pending_identities']) {
      this.schema.alterTable(name, (table) => {
        table.text('agreed').nullable()
      })
    }
    /* A sign-in may wait for an agreement after its second factor. */
    this.schema.alterTable('waiting_sign_ins', (table) => {
      table.dateTime('second_factor_at').nullable()
    })
  }

  async down() {
    /* On SQLite, Knex would recreate the tables and lose the rows that reference them. */
    this.schema.raw('ALTER TABLE waiting_sign_ins DROP COLUMN second_factor_at')
    this.schema.raw('ALTER TABLE pending_identities DROP COLUMN agreed')
    this.schema.raw('ALTER TABLE registrations DROP COLUMN agreed')
    this.schema.raw('ALTER TABLE users DROP COLUMN of_age_at')
    this.schema.raw('ALTER TABLE users DROP COLUMN duties')
    this.schema.raw('ALTER TABLE site DROP COLUMN duties')
    this.schema.raw('ALTER TABLE site DROP COLUMN age_question')
    this.schema.dropTable('agreements')
  }
}
