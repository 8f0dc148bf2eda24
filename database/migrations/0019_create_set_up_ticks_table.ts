import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('set_up_ticks', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('step', 40).notNullable()
      table.string('ticked_by', 100).nullable()
      table.dateTime('ticked_at').notNullable()
      table.unique(['provider_id', 'step'])
    })
  }

  async down() {
    this.schema.dropTable('set_up_ticks')
  }
}
