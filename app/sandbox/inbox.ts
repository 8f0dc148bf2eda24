import { MailResponse } from '@adonisjs/mail'
import type { NodeMailerMessage, Recipient } from '@adonisjs/mail/types'
import SandboxMail from '#models/sandbox_mail'
import { newPublicId } from '#crypto/public_id'

const addressOf = (one: Recipient) => (typeof one === 'string' ? one : one.address)

/**
 * Stands in for a mail server: stores mail for the inbox page instead of sending it.
 * A mail that is sent twice is stored once, as a mail program would show it.
 */
export async function keepInInbox(message: NodeMailerMessage): Promise<MailResponse<null>> {
  const messageId = String(message.messageId)
  const to = (message.to ?? []).map(addressOf)
  if (!(await SandboxMail.findBy('messageId', messageId))) {
    await SandboxMail.create({
      publicId: newPublicId(),
      messageId,
      recipient: to.join(', '),
      subject: String(message.subject),
      text: String(message.text),
    })
  }
  return new MailResponse(messageId, { from: false, to }, null)
}
