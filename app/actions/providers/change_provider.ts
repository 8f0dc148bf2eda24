import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Provider, { type ProviderSettings } from '#models/provider'

export interface ProviderChange {
  settings: Partial<ProviderSettings>
  /** `null` forgets it. */
  adminKey?: string | null
  /** `Provider.settingsVersion` that the form carries (`isStale`). */
  settingsVersion?: string
  /** `Provider.adminKeyVersion`, likewise. */
  adminKeyVersion?: string
  actor: Actor
}

export type ProviderChangeOutcome =
  { kind: 'changed'; provider: Provider } | { kind: 'stale'; provider: Provider } | { kind: 'gone' }

/**
 * Changes the settings of a provider, unless somebody else has changed them since they
 * were read.
 */
export class ChangeProvider {
  async handle(
    { id }: Provider,
    { settings, adminKey, settingsVersion, adminKeyVersion, actor }: ProviderChange,
    within?: TransactionClientContract
  ): Promise<ProviderChangeOutcome> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return { kind: 'gone' }
      if (
        isStale(settingsVersion, provider.settingsVersion) ||
        isStale(adminKeyVersion, provider.adminKeyVersion)
      ) {
        return { kind: 'stale', provider }
      }

      const changes = changesBetween(provider.settings, settings)
      provider.merge(settings)
      if (provider.isAutoHidden && !provider.hideWhenFailing) provider.endAutoHiding()
      if (adminKey && !provider.hasAdminKey(adminKey)) {
        provider.keepAdminKey(adminKey)
        changes.adminKey = 'changed'
      } else if (adminKey === null && provider.adminKey) {
        provider.dropAdminKeys()
        changes.adminKey = 'changed'
      }
      await provider.save()
      if (Object.keys(changes).length > 0) {
        const subject = provider.asAuditSubject
        await AuditEntry.record({ actor, action: 'provider.changed', subject, changes }, trx)
      }
      return { kind: 'changed', provider }
    }, within)
  }
}
