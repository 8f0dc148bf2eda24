import { inTransaction } from '#database/transaction'
import { ChangeSite } from '#actions/site/change_site'
import type { Actor } from '#audit/actor'
import type { SiteSettings } from '#models/site/site'

export interface SiteWish {
  settings: Partial<SiteSettings>
  actor: Actor
}

/** Sets this site up from the command line: all of it, or nothing. */
export class SetSite {
  async handle({ settings, actor }: SiteWish): Promise<void> {
    await inTransaction(async (trx) => {
      await new ChangeSite().handle({ settings, actor }, trx)
    })
  }
}
