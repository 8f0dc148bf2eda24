import { BaseSchema } from '@adonisjs/lucid/schema'

/*
 * All that the health figures read, so that they read nothing but this index. It
 * does not stand in for the one on provider_id and started_at: MySQL checks a
 * foreign key again whenever the index that serves it changes, and this one
 * changes as a trip ends or its credential is deleted.
 */
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
  get #isSqlite() {
    return this.db.dialect.name === 'better-sqlite3'
  }

  async up() {
    this.schema.alterTable('providers', (table) => {
      table.boolean('hide_when_failing').notNullable().defaultTo(false)
      table.dateTime('auto_hidden_at').nullable()
      table.string('auto_hidden_for', 40).nullable()
      /* Trips that began earlier say nothing any more about how it does. */
      table.dateTime('judged_from').nullable()
      table.dateTime('watched_at').nullable()
    })
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.index(FIGURES, FIGURES_INDEX)
      /*
       * SQLite looks for the children of every row it deletes; pruning 500 of
       * 200,000 rows took 20 seconds. MySQL has this index from the foreign key.
       */
      if (this.#isSqlite) table.index(['parent_id'])
    })
  }

  async down() {
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.dropIndex(FIGURES, FIGURES_INDEX)
      if (this.#isSqlite) table.dropIndex(['parent_id'])
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
