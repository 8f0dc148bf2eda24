import mail from '@adonisjs/mail/services/main'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { delivery } from '#config/mail'
import { mailFailure } from '#mails/mail_failure'
import { sendLetter } from '#mails/send_letter'
import AuditEntry from '#models/audit_entry'
import OutgoingMail from '#models/outgoing_mail'
import type User from '#models/user'

export type TrialMail =
  | { kind: 'sent' }
  /** `reason` is the server's answer or the system's code, such as `535` or `ECONNREFUSED`. */
  | { kind: 'failed'; reason: string }
  | { kind: 'no_server' }
  | { kind: 'no_address' }

/**
 * Sends an administrator a mail right away, to see whether mails go out. A mail that is
 * not taken is not retried: only this moment mattered. Takes as long as the mail server
 * does, at most a minute.
 */
export class SendTrialMail {
  async handle(user: User, actor: Actor): Promise<TrialMail> {
    const { email, locale } = user
    if (delivery === 'none') return { kind: 'no_server' }
    if (email === null) return { kind: 'no_address' }

    const letter = await inTransaction(async (trx) => {
      await AuditEntry.record({ actor, action: 'mail.tried', subject: user.asAuditSubject }, trx)
      return OutgoingMail.queue({ template: 'trial', to: email, locale, data: {} }, trx)
    })
    /* If the job was faster, it sends this mail like any other. */
    if (!(await letter.lease())) return { kind: 'sent' }
    try {
      await sendLetter(letter, mail.use())
    } catch (error) {
      await letter.delete()
      return { kind: 'failed', reason: mailFailure(error).reason }
    }
    await letter.markSent()
    return { kind: 'sent' }
  }
}
