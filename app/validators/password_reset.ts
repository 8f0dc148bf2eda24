import vine from '@vinejs/vine'
import { emailAddress } from '#validators/email'
import { newPassword } from '#validators/password'

export const forgotPasswordValidator = vine.create({ email: emailAddress() })

export const newPasswordValidator = vine.create({
  password: newPassword(),
  disconnectAll: vine.accepted().optional(),
})
