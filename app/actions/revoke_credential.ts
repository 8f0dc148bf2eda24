import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

export type CredentialRevocation = { kind: 'revoked' } | { kind: 'in_use' } | { kind: 'gone' }

/** Ends a credential. The active one of a provider that is switched on stays. */
export class RevokeCredential {
  async handle(
    { id, providerId }: ProviderCredential,
    actor: Actor
  ): Promise<CredentialRevocation> {
    return db.transaction(async (trx) => {
      const provider = await Provider.lock(providerId, trx)
      const credential = await ProviderCredential.find(id, { client: trx })
      if (!provider || !credential) return { kind: 'gone' }
      if (credential.status === 'revoked') return { kind: 'revoked' }

      if (provider.activeCredentialId === credential.id) {
        if (provider.enabled) return { kind: 'in_use' }
        provider.activeCredentialId = null
        await provider.save()
      }
      await AuditEntry.record(
        {
          actor,
          action: 'credential.revoked',
          subject: credential.asAuditSubject,
          changes: { status: { before: credential.status, after: 'revoked' } },
        },
        trx
      )
      await credential.revoke()
      return { kind: 'revoked' }
    })
  }
}
