import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import { trimmed } from '#validators/text'

const LONGEST_CLIENT_ID = 200
const LONGEST_SECRET = 500

/** What a console shows instead of a secret, or its middle, until it is revealed. */
const MASKED = /^[*.]+$|[*.]{3}|[…‥·∙•●○◦⋅・]/u

/** The client id of the same form, which may still be anything. */
const trimmedClientId = (typed: unknown) =>
  typeof typed === 'string' && typed.length <= LONGEST_SECRET ? typed.trim() : null

/**
 * Catches what people really paste: the console's masked text, two lines, a value with a
 * word of the page next to it, the client id again. Whitespace around it is only trimmed.
 */
const pastedSecret = vine.createRule((value: unknown, _options: undefined, field: FieldContext) => {
  if (typeof value !== 'string') return
  if (MASKED.test(value)) {
    field.report('This is the masked text of the console, not the secret', 'masked', field)
  } else if (/\s/.test(value)) {
    field.report('A secret has no spaces or line breaks inside', 'whitespace', field)
  } else if (!/^[\x21-\x7e]+$/.test(value)) {
    field.report('A secret has only ASCII letters, digits and signs', 'ascii', field)
  } else if (value === trimmedClientId(field.parent.clientId)) {
    field.report('This is the client id, not the secret', 'sameAsClientId', field)
  }
})

export const clientId = () =>
  trimmed(LONGEST_CLIENT_ID)
    .minLength(1)
    .regex(/^[\x21-\x7e]+$/)

export const secret = () => trimmed(LONGEST_SECRET).use(pastedSecret())

/** Keys of an existing provider. */
export const credentialValidator = vine.withMetaData<{ secretOptional: boolean }>().create({
  label: trimmed(60).optional(),
  clientId: clientId(),
  clientSecret: secret()
    .optional()
    .requiredWhen(({ meta }) => !meta.secretOptional),
  /* The administrator has to say so if the key in use has a secret. */
  secretSwitchedOff: vine.boolean().optional(),
})

/** The same rules for `credential:rotate`, where the secret may be the only new value. */
export const rotationCommandValidator = vine.create({
  clientId: clientId().optional(),
  clientSecret: secret().optional(),
})
