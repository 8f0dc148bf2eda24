import { BaseSchema } from '@adonisjs/lucid/schema'

const TABLE = 'provider_credentials'

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable(TABLE, (table) => {
      /* The last check of the keys: when, how it ended, and the provider's own code. */
      table.dateTime('checked_at').nullable()
      table.string('check_result', 40).nullable()
      table.string('check_code', 40).nullable()
      /* The application that the provider says it belongs to. */
      table.string('app_ref', 100).nullable()
    })
  }

  async down() {
    this.schema.alterTable(TABLE, (table) => {
      table.dropColumns('checked_at', 'check_result', 'check_code', 'app_ref')
    })
  }
}
