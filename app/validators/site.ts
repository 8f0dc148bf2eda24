import vine from '@vinejs/vine'
import { isUsable, nearestUsable, readColor } from '#look/palette'
import { line, text, textRead, trimmed } from '#validators/text'

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

const LONGEST_COLOR = 7

const aColor = vine.createRule((value, _options, field) => {
  if (typeof value !== 'string') return
  if (readColor(value) === null) field.report('Not a colour', 'not_a_color', field)
  else if (!isUsable(value)) {
    field.report(
      'Text in this colour cannot be read: the nearest that can be used is {{ nearest }}',
      'unreadable_color',
      field,
      { nearest: nearestUsable(value) }
    )
  }
})

export const siteLabel = () => line(LONGEST_SITE_NAME)
export const siteContact = () => line(LONGEST_CONTACT)
export const webAddress = () => trimmed(LONGEST_ADDRESS).use(onTheWeb())

/** A colour for links and buttons, as `#rrggbb`. */
export const siteColor = () =>
  textRead(LONGEST_COLOR, (typed) => readColor(typed) ?? typed.trim()).use(aColor())

const checkbox = () => vine.boolean().parse((value) => value ?? false)

const business = () => text(LONGEST_BUSINESS).use(fewLines())

/** What is left empty is not decided. */
export const siteSettingsValidator = vine.create({
  name: siteLabel().optional(),
  nameEn: siteLabel().optional(),
  contact: siteContact().optional(),
  business: business().optional(),
  homeUrl: webAddress().optional(),
  color: siteColor().optional(),
  emailSignUp: checkbox(),
  signUp: checkbox(),
  board: checkbox(),
})

/** The same rules for `site:set`, where everything may be absent. */
export const siteCommandValidator = vine.create({
  name: siteLabel().optional(),
  nameEn: siteLabel().optional(),
  contact: siteContact().optional(),
  color: siteColor().optional(),
  termsUrl: webAddress().optional(),
  privacyUrl: webAddress().optional(),
})

/** The same rules for a file, which is complete. */
export function siteSettingsRecord() {
  const flag = () => vine.boolean({ strict: true })
  return vine.object({
    name: siteLabel().nullable(),
    nameEn: siteLabel().nullable(),
    contact: siteContact().nullable(),
    business: business().nullable(),
    homeUrl: webAddress().nullable(),
    color: siteColor().nullable(),
    emailSignUp: flag(),
    signUp: flag(),
    board: flag(),
    ageQuestion: flag(),
  })
}
