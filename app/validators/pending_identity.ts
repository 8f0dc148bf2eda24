import vine from '@vinejs/vine'
import { emailAddress } from '#validators/email'
import { personName } from '#validators/text'

/** Requires exactly the fields that `meta.missing` names. */
export const completionValidator = vine.withMetaData<{ missing: string[] }>().create({
  email: emailAddress()
    .optional()
    .requiredWhen(({ meta }) => meta.missing.includes('email')),
  name: personName()
    .optional()
    .requiredWhen(({ meta }) => meta.missing.includes('name')),
})
