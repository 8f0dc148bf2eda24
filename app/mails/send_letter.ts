import edge from 'edge.js'
import i18nManager from '@adonisjs/i18n/services/main'
import type { Message } from '@adonisjs/mail'
import { sender } from '#config/mail'
import { letterFor, letterAsText } from '#mails/letter'
import { presentSite } from '#site/present'
import { siteInWords } from '#site/words'
import type OutgoingMail from '#models/outgoing_mail'

/** Sends a composed message and throws if it is not taken: a mailer of @adonisjs/mail. */
export interface Mailer {
  send(compose: (message: Message) => Promise<void>): Promise<unknown>
}

/**
 * Writes a queued mail in its language and hands it to the mail server.
 *
 * @throws SecretUnreadable, or the transport's error if the server does not take it
 */
export async function sendLetter(mail: OutgoingMail, mailer: Mailer) {
  const known = i18nManager.supportedLocales().includes(mail.locale)
  const i18n = i18nManager.locale(known ? mail.locale : i18nManager.defaultLocale)
  const site = siteInWords(await presentSite(), i18n)
  const letter = letterFor(mail.reveal(), i18n, site.name)
  const html = await edge.share({ i18n }).render('mails/letter', { letter, site })

  await mailer.send(async (message) => {
    message
      .from(sender.address, sender.name || site.name)
      .to(mail.recipient ?? '')
      .subject(letter.subject)
      .messageId(mail.messageId)
      .header('Auto-Submitted', 'auto-generated')
      .html(html)
      .text(letterAsText(letter, site, i18n))
  })
}
