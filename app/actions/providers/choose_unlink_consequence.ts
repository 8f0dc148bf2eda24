import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Provider, { type OnUnlink } from '#models/provider'

export type UnlinkChoice =
  { kind: 'chosen' } | { kind: 'stale'; present: OnUnlink } | { kind: 'gone' }

interface Choice {
  onUnlink: OnUnlink
  /** The choice that the page shows serves as the version (`isStale`). */
  version?: string
  actor: Actor
}

/** Decides what else happens to people whose link ended at a provider. */
export class ChooseUnlinkConsequence {
  /** @param within the transaction of a larger flow */
  async handle(
    { id }: Provider,
    { onUnlink, version, actor }: Choice,
    within?: TransactionClientContract
  ): Promise<UnlinkChoice> {
    return inTransaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return { kind: 'gone' }
      if (provider.onUnlink === onUnlink) return { kind: 'chosen' }
      if (isStale(version, provider.onUnlink)) {
        return { kind: 'stale', present: provider.onUnlink }
      }

      const changes = changesBetween({ onUnlink: provider.onUnlink }, { onUnlink })
      await provider.merge({ onUnlink }).save()
      const subject = provider.asAuditSubject
      await AuditEntry.record({ actor, action: 'provider.changed', subject, changes }, trx)
      return { kind: 'chosen' }
    }, within)
  }
}
