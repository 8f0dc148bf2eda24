import db from '@adonisjs/lucid/services/db'
import { ClientFailureSchema } from '#database/schema'
import type { SITE_FAILURES } from '#database/enums'
import type Client from '#models/oidc/client'
import { now, sqlTime } from '#time/clock'

export type SiteFailure = (typeof SITE_FAILURES)[number]

/**
 * A request of a site that was refused. It holds what its administrators need to put it
 * right, and neither secrets nor anything about the visitor.
 */
export default class ClientFailure extends ClientFailureSchema {
  static readonly KEPT = { days: 14 }
  static readonly MOST_OF_A_SITE = 200

  /* Anybody can make a site's requests fail; a flood of them must not fill the database. */
  static readonly MOST_A_MINUTE = 20
  static readonly #lately = new Map<number, { minute: number; count: number }>()

  /** Keeps one, unless there have been too many of this site within the minute. */
  static async keep(
    { id: clientId }: Client,
    reason: SiteFailure,
    details: ClientFailureSchema['details']
  ) {
    if (!ClientFailure.#mayKeep(clientId)) return
    /* Not the model: a site that has been deleted meanwhile has nobody to tell. */
    await db.rawQuery(
      `insert into client_failures (client_id, reason, details, occurred_at)
        select id, ?, ?, ? from clients where id = ?`,
      [reason, JSON.stringify(details), sqlTime(now()), clientId]
    )
  }

  static #mayKeep(clientId: number): boolean {
    const minute = Math.floor(now().toSeconds() / 60)
    const lately = ClientFailure.#lately.get(clientId)
    const count = lately?.minute === minute ? lately.count + 1 : 1
    ClientFailure.#lately.set(clientId, { minute, count })
    return count <= ClientFailure.MOST_A_MINUTE
  }

  /** Deletes what a site has beyond the number that is kept. */
  static async pruneSurplus(): Promise<number> {
    const crowded: { client_id: number }[] = await db
      .from('client_failures')
      .groupBy('client_id')
      .havingRaw('count(*) > ?', [ClientFailure.MOST_OF_A_SITE])
      .select('client_id')
    let pruned = 0
    for (const { client_id: clientId } of crowded) {
      const [last] = await ClientFailure.query()
        .where({ clientId })
        .orderBy('id', 'desc')
        .offset(ClientFailure.MOST_OF_A_SITE - 1)
        .limit(1)
      if (!last) continue
      const gone = await db
        .from('client_failures')
        .where('client_id', clientId)
        .where('id', '<', last.id)
        .delete()
      pruned += Number([gone].flat()[0])
    }
    return pruned
  }

  /** The last ones of a site, the newest first. */
  static async lastOf(client: Client): Promise<ClientFailure[]> {
    return ClientFailure.query()
      .where('clientId', client.id)
      .whereNot('reason', 'cancelled')
      .orderBy('occurredAt', 'desc')
      .orderBy('id', 'desc')
      .limit(100)
  }
}
