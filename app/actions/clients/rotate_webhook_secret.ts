import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'

/** Gives a site another secret for its webhooks. */
export class RotateWebhookSecret {
  /**
   * @param graceMs how long the one before goes on signing beside it; `0` after a leak
   * @returns the secret, which cannot be read again; `null` when the site is gone
   */
  async handle({ id }: Client, graceMs: number, actor: Actor): Promise<string | null> {
    return inTransaction(async (trx) => {
      await Client.query({ client: trx }).where('id', id).update({ id })
      const client = await Client.find(id, { client: trx })
      if (!client) return null
      const secret = client.renewWebhookSecret(graceMs)
      await client.save()
      const subject = client.asAuditSubject
      const changes = { webhookSecret: 'changed' } as const
      await AuditEntry.record(
        { actor, action: 'client.webhook_secret_added', subject, changes },
        trx
      )
      return secret
    })
  }
}
