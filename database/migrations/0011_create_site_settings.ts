import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** What there is once for the site: its settings, and what shows that a key still opens the rest. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('site_settings', (table) => {
      compareByBytes(this, table)
      table.string('name', 40).primary()
      table.text('value').notNullable()
      table.dateTime('updated_at').notNullable()
    })

    this.schema.createTable('key_checks', (table) => {
      compareByBytes(this, table)
      table.string('name', 20).primary()
      table.text('sealed').notNullable()
      table.dateTime('created_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('key_checks')
    this.schema.dropTable('site_settings')
  }
}
