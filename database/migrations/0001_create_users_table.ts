import { BaseSchema } from '@adonisjs/lucid/schema'
import { compareByBytes } from '#database/dialect'

export default class extends BaseSchema {
  async up() {
    this.schema.createTable('users', (table) => {
      compareByBytes(this, table)
      table.increments('id')
      table.string('public_id', 22).notNullable().unique()
      table.string('email', 254).nullable().unique()
      table.string('name', 100).notNullable()
      table.boolean('name_set_here').notNullable().defaultTo(false)
      table.string('password', 255).nullable()
      table.enum('role', ['member', 'admin']).notNullable().defaultTo('member')
      table.string('locale', 5).nullable()
      table.dateTime('suspended_at').nullable()
      table.dateTime('last_sign_in_at').nullable()
      table.dateTime('withdraw_at').nullable().index()
      table.dateTime('created_at').notNullable()
      table.dateTime('updated_at').notNullable()
    })
  }

  async down() {
    this.schema.dropTable('users')
  }
}
