import { delivery } from '#config/mail'

/**
 * The words that say a mail was sent; without a mail server, it only waits.
 *
 * @param words their key, for where mails go out
 */
export function sentWords(words: string): string {
  return delivery === 'none' ? 'common.mail_waits' : words
}
