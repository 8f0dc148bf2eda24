import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** What this site is called, how it looks, and whom it lets in; and its pictures. */
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
      table.string('colour', 7).nullable()
      table.string('logo', 43).nullable()
      table.string('card', 43).nullable()
      table.string('icon', 43).nullable()
      table.string('touch_icon', 43).nullable()
      table.boolean('email_sign_up').notNullable()
      table.boolean('sign_up').notNullable()
      table.boolean('board').notNullable()
      table.boolean('ask_age').notNullable()
      /* Stands for what every member must have agreed to; null: nothing. */
      table.string('duties', 43).nullable()
      table.dateTime('updated_at').notNullable()
    })

    this.schema.createTable('site_pictures', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('hash', 43).notNullable().unique()
      table.string('type', 20).notNullable()
      table.specificType('bytes', 'mediumblob').notNullable()
      table.integer('width').unsigned().notNullable()
      table.integer('height').unsigned().notNullable()
      table.dateTime('created_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('site_pictures')
    this.schema.dropTable('site')
  }
}
