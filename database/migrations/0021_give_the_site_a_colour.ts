import { BaseSchema } from '@adonisjs/lucid/schema'

/** The colour from which the site's own look is derived. */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('site', (table) => {
      /* `#rrggbb` */
      table.string('color', 7).nullable()
    })
  }

  async down() {
    this.schema.alterTable('site', (table) => {
      table.dropColumn('color')
    })
  }
}
