import { BaseSchema } from '@adonisjs/lucid/schema'

/** How often somebody's sessions have been ended; what was proved before counts no more. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('users', (table) => {
      table.integer('session_epoch').unsigned().notNullable().defaultTo(0)
    })
  }

  async down() {
    this.schema.alterTable('users', (table) => {
      table.dropColumn('session_epoch')
    })
  }
}
