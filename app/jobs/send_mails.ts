import logger from '@adonisjs/core/services/logger'
import { mailFailure } from '#jobs/mail_failure'
import type { Job } from '#jobs/job'
import { sendLetter, type Mailer } from '#mails/send_letter'
import OutgoingMail from '#models/outgoing_mail'

/* Mails under way at the same time, each over a connection of its own. */
const AT_ONCE = 5

/* Well within OutgoingMail.LEASE, in milliseconds. */
const RENEW_EVERY = 10_000

/**
 * Sends the mails of `outgoing_mails` whose time has come. Each is leased, sent
 * outside of any transaction, and then either wiped or put off. A process that
 * is killed leaves its leases to run out, and another takes over: only between
 * the server's 250 and our note of it is a mail sent again, with the same
 * Message-ID.
 */
export class SendMails implements Job {
  readonly name = 'mails'
  readonly everyMs = 2_000

  /** @param mailer where mails go; without one they wait */
  constructor(readonly mailer: Mailer | null) {}

  async handle(signal?: AbortSignal) {
    const outcome = { sent: 0, putOff: 0, givenUp: 0 }
    if (!this.mailer) return outcome

    while (!signal?.aborted) {
      const due = await OutgoingMail.due(AT_ONCE)
      if (due.length === 0) break

      /* Those that another process takes meanwhile are no longer due in the next round. */
      const leased = await Promise.all(due.map((mail) => mail.lease()))
      const mine = due.filter((_mail, index) => leased[index])
      const results = await Promise.all(mine.map((mail) => this.#send(mail, this.mailer!)))
      for (const result of results) outcome[result]++
    }
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
