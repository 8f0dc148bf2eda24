import { delivery } from '#config/mail'

/**
 * Which words tell that a mail was sent; where no mail server is set up, it only waits.
 *
 * @param words their key, for where mails go out
 */
export function sentWords(words: string): string {
  return delivery === 'none' ? 'common.mail_waits' : words
}
