import { BaseSchema } from '@adonisjs/lucid/schema'

/** When a session ends because nobody has used it. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('user_sessions', (table) => {
      /* A row that somebody forgot to give one is no session. */
      table.dateTime('lapses_at').notNullable().defaultTo('1970-01-01 00:00:00')
    })
    /* Those that are open get theirs with the next use. */
    this.defer(async (client) => {
      await client.from('user_sessions').update({ lapses_at: client.raw('expires_at') })
    })
  }

  async down() {
    this.schema.alterTable('user_sessions', (table) => {
      table.dropColumn('lapses_at')
    })
  }
}
