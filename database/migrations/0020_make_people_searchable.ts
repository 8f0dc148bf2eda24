import { BaseSchema } from '@adonisjs/lucid/schema'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { searchKey } from '#models/search_key'

const BATCH = 500

/** What the pages about people, sign-ins and changes look for; each list is paged by its key. */
export default class extends BaseSchema {
  /* MySQL has one for each foreign key. */
  #wantsForeignKeyIndexes = this.db.dialect.name !== 'mysql'

  async up() {
    this.schema.alterTable('users', (table) => {
      table.string('search_key', 100).notNullable().defaultTo('').index()
      table.string('suspension_note', 200).nullable()
      table.index(['role'])
      table.index(['suspended_at'])
    })
    this.schema.alterTable('identities', (table) => {
      table.index(['subject'])
      table.index(['email'])
      table.index(['provider_id', 'user_id'])
      if (this.#wantsForeignKeyIndexes) table.index(['user_id'])
    })
    this.schema.alterTable('user_sessions', (table) => {
      if (this.#wantsForeignKeyIndexes) table.index(['user_id'])
    })
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.index(['failure', 'started_at'])
    })
    this.defer((client) => fillSearchKeys(client))
  }

  async down() {
    this.schema.alterTable('sign_in_attempts', (table) => {
      table.dropIndex(['failure', 'started_at'])
    })
    this.schema.alterTable('user_sessions', (table) => {
      if (this.#wantsForeignKeyIndexes) table.dropIndex(['user_id'])
    })
    this.schema.alterTable('identities', (table) => {
      if (this.#wantsForeignKeyIndexes) table.dropIndex(['user_id'])
      table.dropIndex(['provider_id', 'user_id'])
      table.dropIndex(['email'])
      table.dropIndex(['subject'])
    })
    this.schema.alterTable('users', (table) => {
      table.dropIndex(['suspended_at'])
      table.dropIndex(['role'])
      table.dropIndex(['search_key'])
      table.dropColumn('suspension_note')
      table.dropColumn('search_key')
    })
  }
}

/** For the people who are here already. */
async function fillSearchKeys(client: QueryClientContract) {
  for (let after = 0; ;) {
    const users: { id: number; name: string }[] = await client
      .from('users')
      .select('id', 'name')
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
    for (const { id, name } of users) {
      await client
        .from('users')
        .where('id', id)
        .update({ search_key: searchKey(name) })
    }
    if (users.length < BATCH) return
    after = users.at(-1)!.id
  }
}
