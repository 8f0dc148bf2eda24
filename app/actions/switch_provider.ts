import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'

export type ProviderSwitch =
  { kind: 'switched' } | { kind: 'no_active_credential' } | { kind: 'gone' }

/** Switches a provider on or off. On, it needs an active credential. */
export class SwitchProvider {
  async handle(
    { id }: Provider,
    enabled: boolean,
    actor: Actor,
    client: QueryClientContract = db.connection()
  ): Promise<ProviderSwitch> {
    return client.transaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return { kind: 'gone' }
      if (provider.enabled === enabled) return { kind: 'switched' }
      if (enabled && provider.activeCredentialId === null) return { kind: 'no_active_credential' }

      await provider.merge({ enabled }).save()
      await AuditEntry.record(
        {
          actor,
          action: enabled ? 'provider.enabled' : 'provider.disabled',
          subject: provider.asAuditSubject,
        },
        trx
      )
      return { kind: 'switched' }
    })
  }
}
