import { DateTime } from 'luxon'
import { BaseSchema } from '@adonisjs/lucid/schema'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'

const BATCH = 500

/** Whose word a proved address rests on, and that it is a proved one no longer (decision 9). */
export default class extends BaseSchema {
  async up() {
    this.schema.alterTable('identities', (table) => {
      /* The proof of the member's address is this account's word. */
      table.boolean('proves_email').notNullable().defaultTo(false)
    })
    this.schema.alterTable('users', (table) => {
      table.dateTime('email_ended_at').nullable()
    })

    /* SQLite cannot give a column other values to choose from. */
    this.schema.raw('ALTER TABLE received_notices RENAME COLUMN event TO former_event')
    this.schema.alterTable('received_notices', (table) => {
      table.enum('event', ['unlinked', 'identifier', 'other']).notNullable().defaultTo('other')
    })
    this.schema.raw('UPDATE received_notices SET event = former_event')
    this.schema.raw('ALTER TABLE received_notices DROP COLUMN former_event')
    this.defer((client) => markProofs(client))
  }

  async down() {
    this.schema.raw('ALTER TABLE users DROP COLUMN email_ended_at')
    this.schema.raw('ALTER TABLE identities DROP COLUMN proves_email')
  }
}

/** An address that came with the account at the provider, in the same moment, rests on its word. */
async function markProofs(client: QueryClientContract) {
  for (let after = 0; ;) {
    const rows: Record<'id' | 'linked' | 'joined', any>[] = await client
      .from('identities')
      .join('users', 'users.id', 'identities.user_id')
      .whereColumn('identities.email', 'users.email')
      .where('identities.id', '>', after)
      .select(
        'identities.id as id',
        'identities.created_at as linked',
        'users.created_at as joined'
      )
      .orderBy('identities.id')
      .limit(BATCH)
    const proofs = rows.filter(({ linked, joined }) => secondsBetween(joined, linked) <= 1)
    await client
      .from('identities')
      .whereIn(
        'id',
        proofs.map(({ id }) => id)
      )
      .update({ proves_email: true })
    if (rows.length < BATCH) return
    after = rows.at(-1)!.id
  }
}

function secondsBetween(...times: (string | Date)[]) {
  const [from, to] = times.map((time) =>
    time instanceof Date ? DateTime.fromJSDate(time) : DateTime.fromSQL(time)
  )
  return Math.abs(to.diff(from).as('seconds'))
}
