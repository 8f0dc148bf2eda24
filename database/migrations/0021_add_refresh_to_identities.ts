import { BaseSchema } from '@adonisjs/lucid/schema'

const COLUMNS = ['token_client_id', 'refresh_lease_until', 'refresh_failure']

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('identities', (table) => {
      /* To whom the tokens were given: only that client can refresh or revoke them. */
      table.string('token_client_id', 200).nullable()
      table.dateTime('refresh_lease_until').nullable()
      table.string('refresh_failure', 40).nullable()
    })
    this.schema.alterTable('user_sessions', (table) => {
      table.string('end_reason', 20).nullable()
    })
  }

  /* As statements: to drop a column, knex would make SQLite's table anew, and drop what refers to it. */
  async down() {
    for (const column of COLUMNS) this.schema.raw(`ALTER TABLE identities DROP COLUMN ${column}`)
    this.schema.raw('ALTER TABLE user_sessions DROP COLUMN end_reason')
  }
}
