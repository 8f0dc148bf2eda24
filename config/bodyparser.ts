import { defineConfig } from '@adonisjs/core/bodyparser'

/*
 * Only forms: nothing here accepts files or JSON. Passwords may begin and end with
 * spaces, so the validators trim what may be trimmed.
 */
const bodyParserConfig = defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  form: {
    convertEmptyStringsToNull: true,
    trimWhitespaces: false,
    /* The longest article: 20,000 Hangul characters, nine bytes each in transit. */
    limit: '512kb',
    types: ['application/x-www-form-urlencoded'],
  },
  /* Kakao's signed notices. */
  raw: { limit: '64kb', types: ['application/secevent+jwt'] },
  json: { convertEmptyStringsToNull: true, trimWhitespaces: false, limit: '64kb', types: [] },
  multipart: {
    autoProcess: false,
    convertEmptyStringsToNull: true,
    trimWhitespaces: false,
    processManually: [],
    limit: '256kb',
    types: [],
  },
})

export default bodyParserConfig
