import { BaseSchema } from '@adonisjs/lucid/schema'

/* All that the health figures read, so that they read nothing but this index. */
const FIGURES = [
  'provider_id',
  'started_at',
  'credential_id',
  'intent',
  'outcome',
  'failure',
  'claimed_at',
]
const FIGURES_INDEX = 'sign_in_attempts_figures_index'

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('providers', (table) => {
      table.boolean('hide_when_failing').notNullable().defaultTo(false)
      table.dateTime('auto_hidden_at').nullable()
      table.string('auto_hidden_for', 40).nullable()
      /* Trips that began earlier say nothing any more about how it does. */
      table.dateTime('judged_from').nullable()
      table.dateTime('watched_at').nullable()
    })
    /* In this order: MySQL's foreign key needs one of the two at any time. */
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.index(FIGURES, FIGURES_INDEX)
    })
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.dropIndex(['provider_id', 'started_at'])
    })
  }

  async down() {
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.index(['provider_id', 'started_at'])
    })
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.dropIndex(FIGURES, FIGURES_INDEX)
    })
    this.schema.alterTable('providers', (table) => {
      table.dropColumns(
        'hide_when_failing',
        'auto_hidden_at',
        'auto_hidden_for',
        'judged_from',
        'watched_at'
      )
    })
  }
}
