import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { now } from '#time/clock'

export interface CredentialInput {
  clientId: string
  /** `null`: the provider has none (Kakao with the secret switched off). */
  clientSecret: string | null
  label?: string | null
}

/** Stores a new credential of a provider and records who added it. */
export class StoreCredential {
  /** @param provider locked in this transaction */
  async handle(
    provider: Provider,
    { clientId, clientSecret, label = null }: CredentialInput,
    { status, actor }: { status: 'draft' | 'active'; actor: Actor },
    trx: TransactionClientContract
  ): Promise<ProviderCredential> {
    const credential = new ProviderCredential().useTransaction(trx)
    credential.fill({ clientId, label, createdBy: actor.userId, status, providerId: provider.id })
    if (status === 'active') credential.activatedAt = now()
    if (clientSecret) credential.keepSecret(clientSecret)
    await credential.save()
    await AuditEntry.record(
      {
        actor,
        action: 'credential.added',
        subject: credential.asAuditSubject,
        changes: credential.auditedChanges,
      },
      trx
    )
    return credential
  }
}
