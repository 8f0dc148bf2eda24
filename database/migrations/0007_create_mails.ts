import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Mails on their way out, and the inbox of the sandbox. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('outgoing_mails', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('message_id', 255).notNullable().unique()
      table.string('template', 40).notNullable()
      table.string('locale', 5).notNullable()
      table.string('recipient', 254).nullable()
      /* Stays when the address is wiped, to count what one address was sent. */
      table.string('recipient_hash', 43).notNullable()
      table.text('data').nullable()
      table.integer('tries').notNullable().defaultTo(0)
      table.dateTime('next_at').notNullable()
      table.dateTime('lease_until').nullable()
      table.dateTime('sent_at').nullable()
      table.dateTime('given_up_at').nullable()
      table.string('last_error', 100).nullable()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
      table.index(['recipient_hash', 'created_at'])
      table.index(['sent_at', 'given_up_at', 'next_at'])
    })

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
    this.schema.dropTable('outgoing_mails')
  }
}
