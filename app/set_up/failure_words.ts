import type { I18n } from '@adonisjs/i18n'

/**
 * Describes a failure in a few words, for administrators. Falls back to its name, as a
 * newer version of the application may have written one that this version cannot describe.
 */
export function failureWords(i18n: I18n, failure: string): string {
  const key = failure === 'credentials' ? 'sign_ins.credentials' : `health.reasons.${failure}`
  return i18n.hasMessage(key) ? i18n.t(key) : failure
}
