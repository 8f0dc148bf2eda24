import type { Actor } from '#audit/actor'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import { now } from '#time/clock'

export type SecretRollBack = 'done' | 'unknown' | 'nothing_to_go_back_to' | 'stale'

/**
 * Undoes the last rotation of a site's secret: the previous one stays in use, the new
 * one ends.
 */
export class RollBackClientSecret {
  /**
   * @param clientId as the site identifies itself
   * @param version the `Client.secretsVersion` that the form carries (`isStale`)
   */
  async handle(clientId: string, actor: Actor, version?: string): Promise<SecretRollBack> {
    return inTransaction(async (trx) => {
      const client = await Client.lock(clientId, trx)
      if (!client) return 'unknown'
      await client.load('secrets', (secrets) => secrets.orderBy('id', 'desc'))
      if (isStale(version, client.secretsVersion)) return 'stale'
      const [newest, before] = client.secrets.filter(({ isAlive }) => isAlive)
      if (!before || newest.retireUntil) return 'nothing_to_go_back_to'
      await before.merge({ retireUntil: null }).save()
      await newest.merge({ retireUntil: now() }).save()
      const subject = client.asAuditSubject
      await AuditEntry.record({ actor, action: 'client.secret_rolled_back', subject }, trx)
      return 'done'
    })
  }
}
