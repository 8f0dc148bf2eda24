import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    /* What the inbox page of the sandbox shows; stays empty without the sandbox. */
    this.schema.createTable('sandbox_mails', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('message_id', 255).notNullable().unique()
      table.string('recipient', 254).notNullable()
      table.string('subject', 255).notNullable()
      table.text('text').notNullable()
      table.dateTime('created_at').notNullable().index()
    })
  }

  async down() {
    this.schema.dropTable('sandbox_mails')
  }
}
