import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { now } from '#time/clock'

/** Gives a site another secret and records that in the audit. */
export class AddClientSecret {
  async handle(
    client: Client,
    secret: string,
    actor: Actor,
    trx: TransactionClientContract
  ): Promise<void> {
    const row = new ClientSecret().merge({ clientId: client.id, createdAt: now() }).keep(secret)
    await row.useTransaction(trx).save()
    await AuditEntry.record(
      {
        actor,
        action: 'client.secret_added',
        subject: client.asAuditSubject,
        changes: { clientSecret: 'changed' },
      },
      trx
    )
  }
}
