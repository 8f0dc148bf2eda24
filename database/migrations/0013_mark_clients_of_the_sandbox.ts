import { BaseSchema } from '@adonisjs/lucid/schema'

/** The example site that `npm start` serves is no site of the operator's. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('clients', (table) => {
      table.boolean('sandbox').notNullable().defaultTo(false)
    })
  }

  async down() {
    /* Knex would make the table anew on SQLite, and what hangs on its rows would go. */
    this.schema.raw('ALTER TABLE clients DROP COLUMN sandbox')
  }
}
