import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import db from '@adonisjs/lucid/services/db'
import { ClientMemberSchema } from '#database/schema'
import Client from '#models/oidc/client'
import { now, sqlTime } from '#time/clock'

/**
 * That a member has signed in at a site, and since when. It outlives what the site was
 * given, because the site may still have an account of theirs.
 */
export default class ClientMember extends ClientMemberSchema {
  @belongsTo(() => Client)
  declare client: BelongsTo<typeof Client>

  /** Notes that a member signs in at a site, unless either has been deleted in the meantime. */
  static async begin({ userId, clientId }: { userId: number; clientId: number }) {
    const known =
      db.connection().dialect.name === 'mysql'
        ? 'on duplicate key update taken_back_at = null'
        : 'on conflict (user_id, client_id) do update set taken_back_at = null'
    await db.rawQuery(
      `insert into client_members (client_id, user_id, first_used_at)
        select clients.id, users.id, ? from clients, users
         where clients.id = ? and users.id = ? ${known}`,
      [sqlTime(now()), clientId, userId]
    )
  }
}
