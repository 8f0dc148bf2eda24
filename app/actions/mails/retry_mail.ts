import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import type OutgoingMail from '#models/outgoing_mail'

export type MailRetry = { kind: 'retried' } | { kind: 'gone' }

/** Tries to send a mail right away, even one that was given up. */
export class RetryMail {
  async handle(mail: OutgoingMail, actor: Actor): Promise<MailRetry> {
    return inTransaction(async (trx) => {
      if (!(await mail.tryAgainNow(trx))) return { kind: 'gone' }
      const subject = mail.asAuditSubject
      await AuditEntry.record({ actor, action: 'mail.retried', subject }, trx)
      return { kind: 'retried' }
    })
  }
}
