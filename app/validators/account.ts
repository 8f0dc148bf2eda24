import vine from '@vinejs/vine'
import { emailAddress } from '#validators/email'
import { newPassword, presentPassword } from '#validators/password'
import { personName, textRead } from '#validators/text'

export const nameValidator = vine.create({ name: personName() })

export const emailChangeValidator = vine.create({ email: emailAddress() })

export const firstPasswordValidator = vine.create({ password: newPassword() })

export const passwordChangeValidator = vine.create({
  currentPassword: presentPassword(),
  password: newPassword(),
})

export const passwordProofValidator = vine.create({ password: presentPassword() })

/** People copy spaces along with a code, and some keyboards produce full-width digits. */
export const codeProofValidator = vine.create({
  code: textRead(6, (typed) => typed.normalize('NFKC').replace(/[\s-]/g, '')).regex(/^\d{6}$/),
})

export const withdrawalValidator = vine.create({ understood: vine.accepted() })
