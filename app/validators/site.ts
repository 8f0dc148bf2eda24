import vine from '@vinejs/vine'
import { line, text, trimmed } from '#validators/text'

export const LONGEST_SITE_NAME = 50
const LONGEST_CONTACT = 254
const LONGEST_ADDRESS = 500
const LONGEST_BUSINESS = 600
const MOST_LINES = 8

/** Only the web: anything else in a link, such as `javascript:`, would run here. */
export const isWebAddress = (value: string): boolean => {
  const url = URL.parse(value)
  return (
    url !== null &&
    ['https:', 'http:'].includes(url.protocol) &&
    url.hostname !== '' &&
    url.username === '' &&
    url.password === ''
  )
}

const onTheWeb = vine.createRule((value, _options, field) => {
  if (typeof value === 'string' && !isWebAddress(value)) {
    field.report('Not a web address', 'web_address', field)
  }
})

const fewLines = vine.createRule((value, _options, field) => {
  if (typeof value === 'string' && value.split('\n').length > MOST_LINES) {
    field.report('Too many lines', 'lines', field, { max: MOST_LINES })
  }
})

export const siteLabel = () => line(LONGEST_SITE_NAME)
export const siteContact = () => line(LONGEST_CONTACT)
export const webAddress = () => trimmed(LONGEST_ADDRESS).use(onTheWeb())

const checkbox = () => vine.boolean().parse((value) => value ?? false)

/** What is left empty is not decided. */
export const siteSettingsValidator = vine.create({
  name: siteLabel().optional(),
  nameEn: siteLabel().optional(),
  contact: siteContact().optional(),
  business: text(LONGEST_BUSINESS).use(fewLines()).optional(),
  homeUrl: webAddress().optional(),
  emailSignUp: checkbox(),
  signUp: checkbox(),
  board: checkbox(),
})

/** The same rules for `site:set`, where everything may be absent. */
export const siteCommandValidator = vine.create({
  name: siteLabel().optional(),
  nameEn: siteLabel().optional(),
  contact: siteContact().optional(),
  termsUrl: webAddress().optional(),
  privacyUrl: webAddress().optional(),
})
