import { BaseSchema } from '@adonisjs/lucid/schema'

/** When a session ends because nobody has used it. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('user_sessions', (table) => {
      /* A row that somebody forgot to give one is no session. */
      table.dateTime('lapses_at').notNullable().defaultTo('1970-01-01 00:00:00')
    })
    /*
     * Those that are open get theirs with the next use, but for administrators', who
     * sign in once more: what they left open somewhere shows other people's data.
     */
    this.defer(async (client) => {
      const admins = client.from('users').where('role', 'admin').select('id')
      const lapsesAt = client.raw('expires_at')
      await client
        .from('user_sessions')
        .whereNotIn('user_id', admins)
        .update({ lapses_at: lapsesAt })
    })
  }

  async down() {
    this.schema.alterTable('user_sessions', (table) => {
      table.dropColumn('lapses_at')
    })
  }
}
