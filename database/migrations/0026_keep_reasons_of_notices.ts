import { BaseSchema } from '@adonisjs/lucid/schema'

/** Why a link has ended, as far as that makes a difference here. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('received_notices', (table) => {
      table.string('reason', 20).nullable()
    })
  }

  async down() {
    this.schema.raw('ALTER TABLE received_notices DROP COLUMN reason')
  }
}
