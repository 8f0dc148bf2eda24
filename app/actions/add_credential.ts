import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { CreateProvider } from '#actions/create_provider'

export interface NewCredential {
  clientId: string
  /** `null`: the provider has none (Kakao with the secret switched off). */
  clientSecret: string | null
  label: string | null
  actor: Actor
}

export type CredentialAddition =
  | { kind: 'added'; credential: ProviderCredential }
  | { kind: 'replaced_sandbox'; provider: Provider }
  | { kind: 'another_application' }
  | { kind: 'gone' }

/**
 * Adds a credential as a draft. Real keys never live in a sandbox row: there, a
 * real provider takes its place instead, and begins with them.
 */
export class AddCredential {
  async handle(
    { id }: Provider,
    input: NewCredential,
    client: QueryClientContract = db.connection()
  ): Promise<CredentialAddition> {
    return client.transaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return { kind: 'gone' }

      if (provider.sandbox) {
        const creation = await new CreateProvider().handle(
          {
            key: provider.key,
            driver: provider.driver,
            keys: input,
            actor: input.actor,
          },
          trx
        )
        if (creation.kind !== 'created') return { kind: 'gone' }
        return { kind: 'replaced_sandbox', provider: creation.provider }
      }

      if (await provider.isAnotherApplication(input.clientId)) {
        return { kind: 'another_application' }
      }

      const { clientId, label, actor, clientSecret } = input
      const credential = new ProviderCredential()
      credential.fill({ clientId, label, createdBy: actor.userId, status: 'draft' })
      if (clientSecret) credential.keepSecret(clientSecret)
      await provider.related('credentials').save(credential)
      await AuditEntry.record(
        {
          actor,
          action: 'credential.added',
          subject: credential.asAuditSubject,
          changes: credential.auditedChanges,
        },
        trx
      )
      return { kind: 'added', credential }
    })
  }
}
