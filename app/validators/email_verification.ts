import vine from '@vinejs/vine'
import { emailAddress } from '#validators/email'

export const resendValidator = vine.create({ email: emailAddress() })

/** The password of a sign-up, in another browser than the one that signed up. */
export const confirmValidator = vine.create({ password: vine.string().maxLength(128) })
