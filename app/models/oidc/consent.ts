import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { ConsentSchema } from '#database/schema'
import { inTransaction } from '#database/transaction'
import Client from '#models/oidc/client'
import type User from '#models/user'
import { now, sqlTime } from '#time/clock'

/** What a member has agreed to show a third party's site. */
export default class Consent extends ConsentSchema {
  @belongsTo(() => Client)
  declare client: BelongsTo<typeof Client>

  /** Whether the member has agreed to every one of these scopes for this site. */
  static async covers(userId: number, clientId: number, scopes: string[]): Promise<boolean> {
    const agreed = await Consent.agreed(userId, clientId)
    return scopes.every((scope) => agreed.includes(scope))
  }

  /** The scopes that the member has agreed to for this site. */
  static async agreed(userId: number, clientId: number): Promise<string[]> {
    const consent = await Consent.query().where({ userId, clientId }).first()
    return consent?.scopes ?? []
  }

  /**
   * Records that a member agrees to these scopes, in addition to earlier ones.
   *
   * @returns `false` if the site has been deleted in the meantime
   */
  static async add(user: User, client: Client, scopes: string[]): Promise<boolean> {
    return inTransaction(async (trx) => {
      const present = await Client.lock(client.clientId, trx)
      if (present?.id !== client.id) return false
      const time = sqlTime(now())
      const key = { user_id: user.id, client_id: client.id }
      const fresh = { ...key, scopes: '[]', created_at: time, updated_at: time }
      /* Locks the row, so that of two pages at once, neither loses what the other adds. */
      await trx.table('consents').insert(fresh).onConflict(Object.keys(key)).merge(['updated_at'])
      const consent = await Consent.query({ client: trx })
        .where({ userId: user.id, clientId: client.id })
        .forUpdate()
        .firstOrFail()
      await consent.merge({ scopes: [...new Set([...consent.scopes, ...scopes])] }).save()
      return true
    })
  }
}
