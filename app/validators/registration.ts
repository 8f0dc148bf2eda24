import vine from '@vinejs/vine'
import { emailAddress } from '#validators/email'
import { newPassword } from '#validators/password'
import { personName } from '#validators/text'

export const registrationValidator = vine.create({
  email: emailAddress(),
  name: personName(),
  password: newPassword(),
})
