import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type SiteMessage from '#models/oidc/site_message'

/** Deletes what a site was not told. */
export class DropMessage {
  /** @param message with its site loaded */
  async handle(message: SiteMessage, actor: Actor): Promise<'dropped' | 'gone'> {
    return inTransaction(async (trx) => {
      if (!(await message.drop(trx))) return 'gone'
      const subject = message.asAuditSubject
      await AuditEntry.record({ actor, action: 'site_message.dropped', subject }, trx)
      return 'dropped'
    })
  }
}
