import app from '@adonisjs/core/services/app'
import { defineConfig, loaders } from '@adonisjs/i18n'
import { IntlMessageFormat } from 'intl-messageformat'

/* Characters that ICU interprets in a message; a message without any is used as it is. */
const HAS_SYNTAX = /[{}']/

/**
 * ICU messages, each compiled once. The formatter of @adonisjs/i18n compiles a message
 * every time it is shown; ours are all in `resources/lang`, so the cache never exceeds
 * their number.
 */
function compiledMessages() {
  const compiled = new Map<string, Map<string, IntlMessageFormat>>()
  return {
    name: 'icu',
    format(message: string, locale: string, data: Record<string, unknown> = {}): string {
      if (!HAS_SYNTAX.test(message)) return message
      const ofLocale = compiled.get(locale) ?? new Map<string, IntlMessageFormat>()
      compiled.set(locale, ofLocale)
      const known =
        ofLocale.get(message) ??
        new IntlMessageFormat(message, locale, undefined, { ignoreTag: true })
      ofLocale.set(message, known)
      return known.format<string>(data as Record<string, string>) as string
    },
  }
}

const i18nConfig = defineConfig({
  defaultLocale: 'ko',
  supportedLocales: ['ko', 'en'],
  fallbackLocales: { ko: 'ko', en: 'ko' },
  formatter: compiledMessages,
  loaders: [loaders.fs({ location: app.languageFilesPath() })],
})

export default i18nConfig
