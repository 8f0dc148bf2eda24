import OutgoingMail, { type MailContents } from '#models/outgoing_mail'

/** A queued mail with its contents readable, by template. */
export type QueuedMail = MailContents & { to: string; locale: string; row: OutgoingMail }

/**
 * The queued mails that still have their contents, newest first. Mails already sent are
 * not among them.
 */
export async function queuedMails(): Promise<QueuedMail[]> {
  const rows = await OutgoingMail.query().whereNotNull('data').orderBy('id', 'desc')
  return rows.map((row) => ({
    ...row.reveal(),
    to: row.recipient ?? '',
    locale: row.locale,
    row,
  }))
}

/** The newest mail to an address; throws if there is none. */
export async function lastMailTo(email: string): Promise<QueuedMail> {
  const mail = (await queuedMails()).find((one) => one.to === email)
  if (!mail) throw new Error(`No mail was queued for ${email}`)
  return mail
}
