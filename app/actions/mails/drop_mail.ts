import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type OutgoingMail from '#models/outgoing_mail'

export type MailDrop = { kind: 'dropped' } | { kind: 'gone' }

/** Deletes a mail that was not sent. */
export class DropMail {
  async handle(mail: OutgoingMail, actor: Actor): Promise<MailDrop> {
    return inTransaction(async (trx) => {
      if (!(await mail.drop(trx))) return { kind: 'gone' }
      const subject = mail.asAuditSubject
      await AuditEntry.record({ actor, action: 'mail.dropped', subject }, trx)
      return { kind: 'dropped' }
    })
  }
}
