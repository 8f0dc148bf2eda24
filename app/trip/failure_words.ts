import type { I18n } from '@adonisjs/i18n'

/**
 * A failure in a few words, for administrators. A newer version of the
 * application may have written one that this one has no words for.
 */
export function failureWords(i18n: I18n, failure: string): string {
  const key = failure === 'credentials' ? 'sign_ins.credentials' : `health.reasons.${failure}`
  return i18n.hasMessage(key) ? i18n.t(key) : failure
}
