import type { Actor } from '#audit/actor'
import { inTransaction } from '#database/transaction'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { now } from '#time/clock'

export type SecretRollBack = 'done' | 'unknown' | 'nothing_to_go_back_to'

/**
 * Undoes the last rotation of a site's secret: the previous one stays in use, the new
 * one ends.
 */
export class RollBackClientSecret {
  /** @param clientId as the site identifies itself */
  async handle(clientId: string, actor: Actor): Promise<SecretRollBack> {
    return inTransaction(async (trx) => {
      await Client.query({ client: trx }).where({ clientId }).update({ clientId })
      const client = await Client.findBy({ clientId }, { client: trx })
      if (!client) return 'unknown'
      const secrets = await ClientSecret.query({ client: trx })
        .where('clientId', client.id)
        .orderBy('id', 'desc')
      const [newest, before] = secrets.filter(({ isAlive }) => isAlive)
      if (!before || newest.retireUntil) return 'nothing_to_go_back_to'
      await before.merge({ retireUntil: null }).save()
      await newest.merge({ retireUntil: now() }).save()
      const subject = client.asAuditSubject
      await AuditEntry.record({ actor, action: 'client.secret_rolled_back', subject }, trx)
      return 'done'
    })
  }
}
