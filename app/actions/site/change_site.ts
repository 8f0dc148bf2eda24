import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import AuditEntry from '#models/audit_entry'
import Site, { type SiteSettings } from '#models/site/site'

export interface SiteChange {
  settings: Partial<SiteSettings>
  /** `Site.settingsVersion` that the form carries (`isStale`). */
  version?: string
  actor: Actor
}

export type SiteChangeOutcome = { kind: 'changed' | 'stale'; site: Site }

/** Changes the settings of this site, unless somebody else has since they were read. */
export class ChangeSite {
  async handle(
    { settings, version, actor }: SiteChange,
    within?: TransactionClientContract
  ): Promise<SiteChangeOutcome> {
    return inTransaction(async (trx) => {
      const site = await Site.lock(trx)
      if (isStale(version, site.settingsVersion)) return { kind: 'stale', site }
      const changes = changesBetween(site.settings, settings)
      if (Object.keys(changes).length === 0) return { kind: 'changed', site }
      await site.merge(settings).publish()
      const subject = { type: 'site' } as const
      await AuditEntry.record({ actor, action: 'site.changed', subject, changes }, trx)
      return { kind: 'changed', site }
    }, within)
  }
}
