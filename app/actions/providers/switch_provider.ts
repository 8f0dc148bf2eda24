import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'

export type ProviderSwitch =
  { kind: 'switched' } | { kind: 'no_active_credential' } | { kind: 'gone' }

/** Switches a provider on or off. Switching it on needs an active credential. */
export class SwitchProvider {
  async handle(
    { id }: Provider,
    enabled: boolean,
    actor: Actor,
    within?: TransactionClientContract
  ): Promise<ProviderSwitch> {
    return inTransaction(async (trx) => {
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
    }, within)
  }
}
