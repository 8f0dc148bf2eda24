import OutgoingMail, { type MailData, type MailTemplate } from '#models/outgoing_mail'

/** A queued mail with its contents readable, by template. */
export type QueuedMail = {
  [Template in MailTemplate]: {
    template: Template
    data: MailData[Template]
    to: string
    locale: string
    row: OutgoingMail
  }
}[MailTemplate]

/**
 * What was queued and still has its contents, newest first. A mail that was
 * sent is no longer among them.
 */
export async function queuedMails(): Promise<QueuedMail[]> {
  const rows = await OutgoingMail.query().whereNotNull('data').orderBy('id', 'desc')
  return rows.map(
    (row) =>
      ({
        template: row.template,
        data: row.revealData(),
        to: row.recipient,
        locale: row.locale,
        row,
      }) as QueuedMail
  )
}

/** The newest mail to an address; throws when there is none. */
export async function lastMailTo(email: string): Promise<QueuedMail> {
  const mail = (await queuedMails()).find((one) => one.to === email)
  if (!mail) throw new Error(`No mail was queued for ${email}`)
  return mail
}
