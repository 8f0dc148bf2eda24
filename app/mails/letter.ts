import { DateTime } from 'luxon'
import type { I18n } from '@adonisjs/i18n'
import { appUrl } from '#config/app'
import { SITE_ZONE } from '#time/clock'
import type { SiteInWords } from '#site/words'
import type { MailContents, MailData } from '#models/outgoing_mail'

/**
 * What a mail says, before it becomes HTML or plain text. Its words are in
 * `resources/lang` (`mails.json`).
 */
export interface Letter {
  subject: string
  paragraphs: string[]
  /** A code to type into a page. */
  code?: string
  /** One link, shown as a button and as the address itself. */
  link?: { text: string; url: string }
  /** After the main text: how long it is valid, what to do if it was not you. */
  notes: string[]
}

/** An instant in words, in Korean time: this is a site for Korea, wherever the mail is read. */
function inWords(iso: string, i18n: I18n): string {
  const time = DateTime.fromISO(iso, { zone: 'utc' }).setZone(SITE_ZONE)
  const words = time.setLocale(i18n.locale).toLocaleString(DateTime.DATETIME_MED)
  return i18n.t('mails.korean_time', { time: words })
}

/** How to end a link at its provider, in the words that the provider's settings use. */
function byHand({ provider, driver }: MailData['link_remains'], i18n: I18n): string {
  const own = `mails.link_remains.by_hand.${driver}`
  return i18n.t(i18n.hasMessage(own) ? own : 'mails.link_remains.by_hand.other', { provider })
}

/**
 * Writes any mail, in the language of `i18n`.
 *
 * @param site the name of this site; ours while it has none
 */
export function letterFor(
  mail: MailContents,
  i18n: I18n,
  site: string = i18n.t('common.site')
): Letter {
  const t = (key: string, more: Record<string, string> = {}) =>
    i18n.t(`mails.${mail.template}.${key}`, { site, ...mail.data, ...more })
  const subject = t('subject')

  switch (mail.template) {
    case 'address_taken':
      return {
        subject,
        paragraphs: [t('text'), t('reset')],
        link: { text: t('link'), url: mail.data.signInUrl },
        notes: [t('not_you')],
      }
    case 'link_ended':
      return {
        subject,
        paragraphs: [t('text'), t('again'), ...(mail.data.resetUrl ? [t('password')] : [])],
        link: mail.data.resetUrl
          ? { text: t('link'), url: mail.data.resetUrl }
          : { text: t('sign_in'), url: mail.data.signInUrl },
        notes: [],
      }
    case 'confirm_registration':
    case 'reset_password':
    case 'prove_email':
      return {
        subject,
        paragraphs: [t('text')],
        link: { text: t('link'), url: mail.data.url },
        notes: [t('lifetime'), t('not_you')],
      }
    case 'password_changed':
      return {
        subject,
        paragraphs: [t('text'), t('not_you')],
        link: { text: t('link'), url: mail.data.resetUrl },
        notes: [],
      }
    case 'email_changed':
      return {
        subject,
        paragraphs: [t('text')],
        notes: [t('not_you')],
      }
    case 'trial':
      return { subject, paragraphs: [t('text')], notes: [] }
    case 'identity_linked':
    case 'identity_unlinked':
      return {
        subject,
        paragraphs: [t('text')],
        link: { text: t('link'), url: mail.data.accountUrl },
        notes: [t('not_you')],
      }
    case 'proof_code': {
      const { code, startedAt, isNewcomer } = mail.data
      const kind = isNewcomer ? '_new' : ''
      return {
        subject: t(`subject${kind}`),
        paragraphs: [t(`text${kind}`, { time: inWords(startedAt, i18n) })],
        code,
        notes: [t('lifetime'), t(`not_you${kind}`)],
      }
    }
    case 'recent_sign_in_code':
      return {
        subject,
        paragraphs: [t('text')],
        code: mail.data.code,
        notes: [t('lifetime'), t('not_you')],
      }
    case 'withdrawal_scheduled':
      return {
        subject,
        paragraphs: [
          t(mail.data.provider ? 'after_unlink' : 'text', { time: inWords(mail.data.at, i18n) }),
          t('cancel'),
        ],
        link: { text: t('link'), url: mail.data.signInUrl },
        notes: [],
      }
    case 'secret_old':
      return {
        subject,
        paragraphs: [t('text'), t('how')],
        link: { text: t('link'), url: mail.data.url },
        notes: [],
      }
    case 'second_factor_on':
    case 'second_factor_off':
    case 'second_factor_guessed':
      return {
        subject,
        paragraphs: [t('text'), t('not_you')],
        link: { text: t('link'), url: mail.data.accountUrl },
        notes: [],
      }
    case 'recovery_code_used':
      return {
        subject,
        paragraphs: [t('text'), t('left'), t('not_you')],
        link: { text: t('link'), url: mail.data.accountUrl },
        notes: [],
      }
    case 'provider_hidden':
      return {
        subject,
        paragraphs: [
          t('text', { reason: i18n.t(`health.reasons.${mail.data.reason}`) }),
          t('back'),
        ],
        link: { text: t('link'), url: mail.data.url },
        notes: [],
      }
    case 'webhook_off':
      return {
        subject,
        paragraphs: [t('text'), t('how')],
        link: { text: t('link'), url: mail.data.url },
        notes: [],
      }
    case 'provider_offered_again':
      return {
        subject,
        paragraphs: [t('text')],
        link: { text: t('link'), url: mail.data.url },
        notes: [],
      }
    case 'link_remains':
      return {
        subject,
        paragraphs: [t('text'), byHand(mail.data, i18n)],
        notes: [t('harmless')],
      }
    case 'withdrawn':
      return { subject, paragraphs: [t('text')], notes: [t('not_you')] }
  }
}

/** The same letter, for mail programs that do not show HTML. */
export function letterAsText(letter: Letter, site: SiteInWords, i18n: I18n): string {
  const blocks = [
    ...letter.paragraphs,
    ...(letter.code ? [letter.code] : []),
    ...(letter.link ? [`${letter.link.text}:\n${letter.link.url}`] : []),
    ...letter.notes,
    /* The usual mark before a signature. */
    `-- \n${signature(site, i18n).join('\n')}`,
  ]
  return `${blocks.join('\n\n')}\n`
}

/** Who wrote the mail and whom to ask about it, line by line. */
function signature({ name, contact, business, documents }: SiteInWords, i18n: I18n): string[] {
  return [
    i18n.t('mails.footer', { site: name }),
    appUrl,
    ...(contact ? [`${i18n.t('site.contact')}: ${contact.text}`] : []),
    ...business,
    ...documents.map(({ title, href }) => `${title}: ${href}`),
  ]
}
