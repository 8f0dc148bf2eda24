import i18nManager from '@adonisjs/i18n/services/main'

export type Values = Record<string, string | number>
export type Language = 'ko' | 'en'

/**
 * A text of `resources/lang`, as the application shows it.
 *
 * @throws if the language lacks the key: no page can show what nobody wrote, so a test
 * that finds it absent would always pass
 */
export function t(key: string, values: Values = {}, language: Language = 'ko'): string {
  const i18n = i18nManager.locale(language)
  if (!i18n.hasMessage(key)) throw new Error(`resources/lang/${language} has no ${key}`)
  return i18n.t(key, values)
}

/** What the forms that visitors use say about a field that breaks a rule. */
export function refusal(rule: string, { field, ...values }: Values = {}): string {
  const named = field ? t(`validator.shared.fields.${field}`) : ''
  return t(`validator.shared.messages.${rule}`, { ...values, field: named })
}
