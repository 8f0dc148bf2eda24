import vine from '@vinejs/vine'
import { LONGEST_TYPED_EMAIL, normalizeEmail } from '#text/email'

const address = vine.createRule((value, _options, field) => {
  const normalized = typeof value === 'string' ? normalizeEmail(value) : null
  if (normalized === null) field.report('validation.email', 'email', field)
  else field.mutate(normalized, field)
})

/** An e-mail address; the output is in the form that is stored. */
export const emailAddress = () => vine.string().maxLength(LONGEST_TYPED_EMAIL).use(address())
