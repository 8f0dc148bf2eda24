import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** What this site is called, and whom it lets in. */
export default class extends BaseSchema {
  async up() {
    /*
     * One row, or none while nobody has decided anything. It is joined to other reads, so
     * its columns have names that theirs do not.
     */
    this.schema.createTable('site', (table) => {
      compareByBytes(this, table)
      table.integer('singleton').unsigned().primary()
      /* Another one with each change, so that processes notice. */
      table.string('version', 22).notNullable()
      table.string('name', 60).nullable()
      table.string('name_en', 60).nullable()
      table.string('contact', 254).nullable()
      table.text('business').nullable()
      table.string('home_url', 500).nullable()
      table.boolean('email_sign_up').notNullable()
      table.boolean('sign_up').notNullable()
      table.boolean('board').notNullable()
      table.dateTime('updated_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('site')
  }
}
