import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** What is counted against limits. */
export default class extends BaseSchema {
  async up() {
    /*
     * Counts for LIMITER_STORE=database. The limiter fills the columns in this
     * order, without naming them. `expire` is in milliseconds since 1970.
     */
    this.schema.createTable('rate_limits', (table) => {
      compareByBytes(this, table)
      table.string('key', 255).notNullable().primary()
      table.integer('points').notNullable().defaultTo(0)
      table.bigInteger('expire').unsigned().nullable().index()
    })

    /* Which addresses an account at a provider has shown, within a day. */
    this.schema.createTable('shown_addresses', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('subject_hash', 43).notNullable()
      table.string('address_hash', 43).notNullable()
      table.integer('place').notNullable()
      table.dateTime('created_at').notNullable().index()
      table.unique(['subject_hash', 'address_hash'])
      table.unique(['subject_hash', 'place'])
    })
  }

  async down() {
    this.schema.dropTable('shown_addresses')
    this.schema.dropTable('rate_limits')
  }
}
