import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { now, sqlTime } from '#models/clock'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

export interface CredentialActivation {
  /** What the caller believes is active: nothing is replaced that nobody looked at. */
  seenActiveId: number | null
  actor: Actor
}

export type ActivationOutcome =
  | { kind: 'activated' }
  | { kind: 'another_application' }
  | { kind: 'changed_meanwhile' }
  | { kind: 'revoked' }
  | { kind: 'gone' }

/**
 * Makes a credential the one that new attempts use. The one before retires: it
 * still ends the attempts that began with it (design, section 5). A retiring
 * one may come back; a revoked one may not.
 */
export class ActivateCredential {
  async handle(
    { id, providerId }: ProviderCredential,
    { seenActiveId, actor }: CredentialActivation,
    client: QueryClientContract = db.connection()
  ): Promise<ActivationOutcome> {
    return client.transaction(async (trx) => {
      const provider = await Provider.lock(providerId, trx)
      const credential = await ProviderCredential.find(id, { client: trx })
      if (!provider || !credential) return { kind: 'gone' }

      /* Pressed twice: the second press finds its work done. */
      if (provider.activeCredentialId === credential.id) return { kind: 'activated' }
      if (credential.status === 'revoked') return { kind: 'revoked' }
      if (await provider.isAnotherApplication(credential.clientId, credential.appRef)) {
        return { kind: 'another_application' }
      }
      if (!(await provider.replaceActiveCredential(seenActiveId, credential.id))) {
        return { kind: 'changed_meanwhile' }
      }

      await ProviderCredential.query({ client: trx })
        .where({ providerId, status: 'active' })
        .update({ status: 'retiring', retiredAt: sqlTime(now()), updatedAt: sqlTime(now()) })
      await AuditEntry.record(
        {
          actor,
          action: 'credential.activated',
          subject: credential.asAuditSubject,
          changes: { status: { before: credential.status, after: 'active' } },
        },
        trx
      )
      credential.merge({ status: 'active', activatedAt: now(), retiredAt: null })
      await credential.save()
      return { kind: 'activated' }
    })
  }
}
