import app from '@adonisjs/core/services/app'
import { defineConfig, loaders } from '@adonisjs/i18n'
import { IntlMessageFormat } from 'intl-messageformat'

/* What ICU reads in a message; one without any of it stands for itself. */
const HAS_SYNTAX = /[{}']/

/**
 * ICU messages, each compiled once. The formatter of @adonisjs/i18n compiles a message
 * whenever it is shown; ours are all in `resources/lang`, so as many are kept as there are.
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
