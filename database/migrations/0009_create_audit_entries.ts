import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** Who changed what: by a page, a command or a job. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('audit_entries', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.enum('via', ['page', 'command', 'job']).notNullable()
      table
        .integer('actor_user_id')
        .unsigned()
        .nullable()
        .references('users.id')
        .onDelete('SET NULL')
      /* As they were called then: the row outlives the account. */
      table.string('actor_name', 100).nullable()
      table.string('ip', 45).nullable()
      table.string('action', 60).notNullable()
      table.string('subject_type', 20).notNullable()
      table.string('subject_id', 22).nullable()
      table.string('subject_label', 100).nullable()
      table.text('changes').notNullable()
      table.dateTime('created_at').notNullable().index()
      table.index(['subject_type', 'subject_id'])
      table.index(['actor_user_id'])
    })
  }

  async down() {
    this.schema.dropTable('audit_entries')
  }
}
