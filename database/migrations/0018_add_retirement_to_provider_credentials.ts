import { DateTime } from 'luxon'
import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('provider_credentials', (table) => {
      /* Set while it is retiring: when it is revoked by itself. */
      table.dateTime('retire_until').nullable()
      /* When administrators were told that its secret is old; once. */
      table.dateTime('reminded_at').nullable()
    })

    /* What retired before there was an end gets the usual one from now. */
    this.defer(async (db) => {
      const until = DateTime.utc().plus({ hours: 24 }).toFormat('yyyy-MM-dd HH:mm:ss')
      await db
        .from('provider_credentials')
        .where('status', 'retiring')
        .update({ retire_until: until })
    })
  }

  async down() {
    this.schema.alterTable('provider_credentials', (table) => {
      table.dropColumn('retire_until')
      table.dropColumn('reminded_at')
    })
  }
}
