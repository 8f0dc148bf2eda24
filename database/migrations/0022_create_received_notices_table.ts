import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('received_notices', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table
        .integer('provider_id')
        .unsigned()
        .notNullable()
        .references('providers.id')
        .onDelete('CASCADE')
      table.string('subject', 100).notNullable()
      table.enum('event', ['unlinked', 'other']).notNullable()
      /* What makes one notice this notice, where the provider gives something; a repeat is none. */
      table.string('fingerprint', 43).nullable()
      table.boolean('by_retiring').notNullable()
      /* When it happened, as the provider says. */
      table.dateTime('happened_at').notNullable()
      table.dateTime('received_at').notNullable()
      table.dateTime('handled_at').nullable().index()
      table.string('result', 20).nullable()
      table.string('consequence', 20).nullable()
      table.unique(['provider_id', 'fingerprint'])
      table.index(['provider_id', 'received_at'])
    })

    this.schema.alterTable('providers', (table) => {
      table.enum('on_unlink', ['nothing', 'suspend', 'withdraw']).notNullable().defaultTo('nothing')
    })
  }

  async down() {
    this.schema.alterTable('providers', (table) => table.dropColumn('on_unlink'))
    this.schema.dropTable('received_notices')
  }
}
