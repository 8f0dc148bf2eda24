import { BaseSchema } from '@adonisjs/lucid/schema'

/** Where the client id is the application, as at Naver, it has to fit; SQLite sets no length. */
export default class extends BaseSchema {
  async up() {
    if (this.db.dialect.name !== 'mysql') return
    for (const table of ['providers', 'provider_credentials']) {
      this.schema.raw(`ALTER TABLE ${table} MODIFY app_ref VARCHAR(200) NULL`)
    }
  }

  /* What is longer by then would not fit. */
  async down() {}
}
