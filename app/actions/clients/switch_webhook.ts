import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import { now, sqlTime } from '#time/clock'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/** Begins or stops telling a site what happens to its members. */
export class SwitchWebhook {
  /**
   * @param within the transaction of a larger flow
   * @returns whether this call changed it
   */
  async handle(
    client: Client,
    wish: 'on' | 'off',
    actor: Actor,
    within?: TransactionClientContract
  ): Promise<boolean> {
    return inTransaction(async (trx) => {
      const rows = Client.query({ client: trx }).where('id', client.id)
      const switched = await affectedOne(
        wish === 'on'
          ? rows.whereNotNull('webhookOffAt').update({
              webhookOffAt: null,
              webhookFailingSince: null,
            })
          : rows.whereNull('webhookOffAt').update({ webhookOffAt: sqlTime(now()) })
      )
      if (!switched) return false
      const action = wish === 'on' ? 'client.webhook_on' : 'client.webhook_off'
      await AuditEntry.record({ actor, action, subject: client.asAuditSubject }, trx)
      return true
    }, within)
  }
}
