import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('key_checks', (table) => {
      compareByBytes(this, table)
      table.string('name', 20).primary()
      table.text('sealed').notNullable()
      table.dateTime('created_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('key_checks')
  }
}
