import vine from '@vinejs/vine'
import { webAddress } from '#validators/site'
import { line, text, trimmed } from '#validators/text'

export const LONGEST_TITLE = 60
/* In transit a Hangul character is nine bytes, and a form may have 512 KB. */
export const LONGEST_TEXT = 50_000

export const documentKey = () => trimmed(40).regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/)
export const documentTitle = () => line(LONGEST_TITLE)
export const documentText = () => text(LONGEST_TEXT)

const checkbox = () => vine.boolean().parse((value) => value ?? false)

/** One of the two, and not both. */
const insteadOfText = vine.createRule(
  (value, _options, field) => {
    const hasText = typeof field.parent.text === 'string'
    if ((typeof value === 'string') === hasText) {
      field.report('Either an address or a text', hasText ? 'not_both' : 'one_of', field)
    }
  },
  { implicit: true }
)

const contents = {
  text: documentText().optional(),
  url: webAddress().optional().use(insteadOfText()),
}

const settings = {
  title: documentTitle(),
  titleEn: documentTitle().optional(),
  required: checkbox(),
  enabled: checkbox(),
}

export const newDocumentValidator = vine.create({ key: documentKey(), ...settings, ...contents })
export const documentSettingsValidator = vine.create(settings)
export const documentVersionValidator = vine.create(contents)
