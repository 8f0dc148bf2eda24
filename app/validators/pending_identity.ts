import vine from '@vinejs/vine'
import { normalizeEmail } from '#models/email'
import { nameOf } from '#social/profile'

export const proveByPasswordValidator = vine.create({
  password: vine.string().maxLength(128),
})

/** People type codes with spaces and dashes; only the digits count. */
const sixDigits = vine
  .string()
  .maxLength(40)
  .transform((typed) => typed.replace(/[\s-]/g, ''))

export const proofCodeValidator = vine.create({ code: sixDigits })

const address = vine.createRule((value: unknown, _options: undefined, field) => {
  const normalized = typeof value === 'string' ? normalizeEmail(value) : null
  if (normalized === null) field.report('The {{ field }} field must be an address', 'email', field)
  else field.mutate(normalized, field)
})

const personName = vine.createRule((value: unknown, _options: undefined, field) => {
  const clean = nameOf(value)
  if (clean === null) field.report('The {{ field }} field must be defined', 'required', field)
  else field.mutate(clean, field)
})

/** Wants exactly the fields that `meta.missing` names. */
export const completionValidator = vine.withMetaData<{ missing: string[] }>().create({
  email: vine
    .string()
    .maxLength(254)
    .use(address())
    .optional()
    .requiredWhen(({ meta }) => meta.missing.includes('email')),
  name: vine
    .string()
    .maxLength(100)
    .use(personName())
    .optional()
    .requiredWhen(({ meta }) => meta.missing.includes('name')),
})
