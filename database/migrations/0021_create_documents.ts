import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** What members are asked to agree to, and who agreed to which version of it. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('documents', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('key', 40).notNullable().unique()
      table.string('title', 80).notNullable()
      table.string('title_en', 80).nullable()
      table.boolean('required').notNullable()
      table.boolean('enabled').notNullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    /* Kept as long as the site: they say what was agreed to. */
    this.schema.createTable('document_versions', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.integer('document_id').unsigned().notNullable().references('documents.id')
      table.integer('number').unsigned().notNullable()
      table.string('url', 500).nullable()
      table.text('text', 'mediumtext').nullable()
      table.dateTime('created_at').notNullable()
      table.unique(['document_id', 'number'])
    })

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

    this.schema.alterTable('users', (table) => {
      /* The duties of the site that the member has met; compared with those of the site. */
      table.string('duties', 43).nullable()
      table.dateTime('of_age_at').nullable()
    })
    this.schema.alterTable('registrations', (table) => {
      table.text('agreed').nullable()
    })
    this.schema.alterTable('pending_identities', (table) => {
      table.text('agreed').nullable()
    })
    this.schema.alterTable('waiting_sign_ins', (table) => {
      table.dateTime('second_factor_at').nullable()
    })
  }

  async down() {
    /* Knex would make the tables anew on SQLite, and what hangs on their rows would go. */
    this.schema.raw('ALTER TABLE waiting_sign_ins DROP COLUMN second_factor_at')
    this.schema.raw('ALTER TABLE pending_identities DROP COLUMN agreed')
    this.schema.raw('ALTER TABLE registrations DROP COLUMN agreed')
    this.schema.raw('ALTER TABLE users DROP COLUMN of_age_at')
    this.schema.raw('ALTER TABLE users DROP COLUMN duties')
    this.schema.dropTable('agreements')
    this.schema.dropTable('document_versions')
    this.schema.dropTable('documents')
  }
}
