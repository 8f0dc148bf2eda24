import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'

const LONGEST_SECRET = 500

/** What a console shows in place of a secret that has to be unveiled first. */
const MASKED = /^[*.…‥·∙•●○◦⋅・]+$/u

/**
 * What people really paste: the masked text of the console, two lines, a value
 * with a word of the page beside it. Whitespace around it is only trimmed.
 */
const pastedSecret = vine.createRule((value: unknown, _options: undefined, field: FieldContext) => {
  if (typeof value !== 'string') return
  if (MASKED.test(value)) {
    field.report('This is the masked text of the console, not the secret', 'masked', field)
  } else if (/\s/.test(value)) {
    field.report('A secret has no spaces or line breaks inside', 'whitespace', field)
  } else if (!/^[\x21-\x7e]+$/.test(value)) {
    field.report('A secret has only ASCII letters, digits and signs', 'ascii', field)
  }
})

export const clientId = () =>
  vine
    .string()
    .trim()
    .minLength(1)
    .maxLength(200)
    .regex(/^[\x21-\x7e]+$/)

export const secret = () => vine.string().trim().maxLength(LONGEST_SECRET).use(pastedSecret())

/** Keys of a provider that there is already. */
export const credentialValidator = vine.withMetaData<{ secretOptional: boolean }>().create({
  label: vine.string().trim().maxLength(60).optional(),
  clientId: clientId(),
  clientSecret: secret()
    .optional()
    .requiredWhen(({ meta }) => !meta.secretOptional),
})
