import logger from '@adonisjs/core/services/logger'
import { forEachDue } from '#jobs/leased'
import { mailFailure } from '#mails/mail_failure'
import type { Job } from '#jobs/job'
import { sendLetter, type Mailer } from '#mails/send_letter'
import OutgoingMail from '#models/outgoing_mail'

/* Well within the lease of a mail (database/lease.ts), in milliseconds. */
const RENEW_EVERY = 10_000

/**
 * Sends the mails in `outgoing_mails` that are due; each is then either wiped or put
 * off. If a process is killed between the server's 250 and our note of it, the mail is
 * sent again, with the same Message-ID.
 */
export class SendMails implements Job {
  readonly name = 'mails'
  readonly everyMs = 2_000

  /** @param mailer where mails go; without one they wait */
  constructor(readonly mailer: Mailer | null) {}

  async handle(signal?: AbortSignal) {
    const outcome = { sent: 0, putOff: 0, givenUp: 0 }
    if (!this.mailer) return outcome

    const mailer = this.mailer
    const send = async (mail: OutgoingMail) => void outcome[await this.#send(mail, mailer)]++
    await forEachDue(OutgoingMail, send, signal)
    return outcome
  }

  async #send(mail: OutgoingMail, mailer: Mailer): Promise<'sent' | 'putOff' | 'givenUp'> {
    const renewal = setInterval(() => {
      mail.renewLease().catch((error) => logger.warn({ err: error }, 'a lease was not renewed'))
    }, RENEW_EVERY)
    try {
      await sendLetter(mail, mailer)
    } catch (error) {
      const failure = mailFailure(error)
      const again = await mail.markFailed(failure)
      const fields = { mail: mail.publicId, template: mail.template, reason: failure.reason }
      if (again) logger.warn(fields, 'a mail was not taken and is put off')
      else logger.error(fields, 'a mail is given up')
      return again ? 'putOff' : 'givenUp'
    } finally {
      clearInterval(renewal)
    }
    await mail.markSent()
    return 'sent'
  }
}
