import db from '@adonisjs/lucid/services/db'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Provider from '#models/provider'

export type UnlinkChoice =
  { kind: 'chosen' } | { kind: 'stale'; present: Provider['onUnlink'] } | { kind: 'gone' }

interface Choice {
  onUnlink: Provider['onUnlink']
  /** What the page showed as chosen. */
  seen: string
  actor: Actor
}

/** Decides what else happens to people whose link ended at a provider. */
export class ChooseUnlinkConsequence {
  async handle({ id }: Provider, { onUnlink, seen, actor }: Choice): Promise<UnlinkChoice> {
    return db.transaction(async (trx) => {
      const provider = await Provider.lock(id, trx)
      if (!provider) return { kind: 'gone' }
      if (provider.onUnlink === onUnlink) return { kind: 'chosen' }
      if (provider.onUnlink !== seen) return { kind: 'stale', present: provider.onUnlink }

      const changes = changesBetween({ onUnlink: provider.onUnlink }, { onUnlink })
      await provider.merge({ onUnlink }).save()
      const subject = provider.asAuditSubject
      await AuditEntry.record({ actor, action: 'provider.changed', subject, changes }, trx)
      return { kind: 'chosen' }
    })
  }
}
