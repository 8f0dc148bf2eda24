import type { Actor } from '#audit/actor'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import { now } from '#time/clock'

export type SecretRevocation = 'revoked' | 'gone' | 'stale'

/** Ends one secret of a site at once, for good. */
export class RevokeClientSecret {
  /**
   * @param clientId as the site identifies itself
   * @param secretId the secret's public id
   * @param version the `Client.secretsVersion` that the form carries (`isStale`)
   */
  async handle(
    clientId: string,
    secretId: string,
    { actor, version }: { actor: Actor; version?: string }
  ): Promise<SecretRevocation> {
    return inTransaction(async (trx) => {
      const client = await Client.lock(clientId, trx)
      await client?.load('secrets')
      const secret = client?.secrets.find(({ publicId }) => publicId === secretId)
      if (!client || !secret?.isAlive) return 'gone'
      if (isStale(version, client.secretsVersion)) return 'stale'
      await secret.merge({ retireUntil: now() }).save()
      await AuditEntry.record(
        {
          actor,
          action: 'client.secret_revoked',
          subject: client.asAuditSubject,
          changes: { clientSecret: 'changed' },
        },
        trx
      )
      return 'revoked'
    })
  }
}
