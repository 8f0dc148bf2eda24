import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

const COLUMNS = [
  'home_url',
  'privacy_url',
  'access_token_minutes',
  'refresh_token_days',
  'second_factor_only',
  'closed_to_newcomers',
]

/** What administrators decide about a site, and which members have signed in there. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('clients', (table) => {
      table.text('home_url').nullable()
      table.text('privacy_url').nullable()
      table.integer('access_token_minutes').unsigned().notNullable().defaultTo(60)
      table.integer('refresh_token_days').unsigned().notNullable().defaultTo(30)
      table.boolean('second_factor_only').notNullable().defaultTo(false)
      table.boolean('closed_to_newcomers').notNullable().defaultTo(false)
    })

    this.schema.createTable('client_members', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table
        .integer('client_id')
        .unsigned()
        .notNullable()
        .index()
        .references('clients.id')
        .onDelete('CASCADE')
      table.integer('user_id').unsigned().notNullable().references('users.id').onDelete('CASCADE')
      table.dateTime('first_used_at').notNullable()
      /* The member has taken back what the site was let see. */
      table.dateTime('taken_back_at').nullable()
      table.unique(['user_id', 'client_id'])
    })

    /* Members who had signed in before this table was there. */
    this.schema.raw(`INSERT INTO client_members (client_id, user_id, first_used_at)
      SELECT clients.id, given.user_id, MIN(given.created_at)
        FROM oidc_payloads given JOIN clients ON clients.client_id = given.client_id
       WHERE given.model = 'Grant' AND given.user_id IS NOT NULL
       GROUP BY clients.id, given.user_id`)
  }

  async down() {
    this.schema.dropTable('client_members')
    /* Knex would make the table anew on SQLite, and what hangs on its rows would go. */
    for (const column of COLUMNS) this.schema.raw(`ALTER TABLE clients DROP COLUMN ${column}`)
  }
}
