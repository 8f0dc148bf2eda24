import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

/** The members' board. */
export default class extends BaseSchema {
  async up() {
    this.schema.createTable('articles', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      /* An article outlives its author's account, without the name. */
      table.integer('user_id').unsigned().nullable().references('users.id').onDelete('SET NULL')
      table.string('title', 200).notNullable()
      table.text('body').notNullable()
      table.dateTime('created_at').notNullable().index()
      table.dateTime('updated_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('articles')
  }
}
