import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { SiteSettingSchema } from '#database/schema'

/** What administrators decide for the whole site, with the values that apply until they do. */
const DEFAULTS = {
  /** Administrators need a second factor for the admin pages. */
  requireSecondFactor: false,
}

export type SiteSettings = typeof DEFAULTS

/** One setting of the site, by name. It is read every time: nothing is cached across requests. */
export default class SiteSetting extends SiteSettingSchema {
  static selfAssignPrimaryKey = true

  static async read<Name extends keyof SiteSettings>(
    name: Name,
    client?: TransactionClientContract
  ): Promise<SiteSettings[Name]> {
    const row = await SiteSetting.find(name, { client })
    return row ? (row.value as SiteSettings[Name]) : DEFAULTS[name]
  }

  /** @param client the transaction of the change and its audit entry */
  static async write<Name extends keyof SiteSettings>(
    name: Name,
    value: SiteSettings[Name],
    client: TransactionClientContract
  ): Promise<void> {
    await SiteSetting.updateOrCreate({ name }, { value }, { client })
  }
}
