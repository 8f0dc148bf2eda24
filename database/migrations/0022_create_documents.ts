import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Terms, privacy policy and what else members read or agree to. */
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
      table.integer('position').unsigned().notNullable()
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
      /* Either of the two. */
      table.string('url', 500).nullable()
      table.text('text', 'mediumtext').nullable()
      table.dateTime('created_at').notNullable()
      table.unique(['document_id', 'number'])
    })
  }

  async down() {
    this.schema.dropTable('document_versions')
    this.schema.dropTable('documents')
  }
}
