import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { changesBetween, type Changes } from '#audit/changes'
import Site, { type SiteSettings } from '#models/site/site'

/** What an import would do with what this site is called, how it looks and whom it lets in. */
export interface IdentityItem {
  kind: 'change' | 'unchanged'
  changes: Changes
  /** The settings that this is based on. */
  foundOn: string
}

/** The site's settings, for a file; `null` while nobody has decided anything. */
export async function identityRecord(): Promise<SiteSettings | null> {
  const site = await Site.present()
  return site.version ? site.settings : null
}

/** Compares the settings of a file with those of this site; changes nothing. */
export async function planIdentity(
  record: SiteSettings | undefined,
  trx?: TransactionClientContract
): Promise<IdentityItem | null> {
  if (!record) return null
  const site = await Site.present(trx)
  const changes = changesBetween(site.settings, record)
  const kind = Object.keys(changes).length > 0 ? 'change' : 'unchanged'
  return { kind, changes, foundOn: site.settingsVersion }
}
