import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type SiteMessage from '#models/oidc/site_message'

/** Tells a site something once more, at an administrator's request. */
export class SendMessageAgain {
  /** @param message with its site loaded */
  async handle(message: SiteMessage, actor: Actor): Promise<'queued' | 'gone'> {
    return inTransaction(async (trx) => {
      if (!(await message.sendAgain(trx))) return 'gone'
      const subject = message.asAuditSubject
      await AuditEntry.record({ actor, action: 'site_message.sent_again', subject }, trx)
      return 'queued'
    })
  }
}
