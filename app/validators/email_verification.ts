import vine from '@vinejs/vine'
import { emailAddress } from '#validators/email'
import { presentPassword } from '#validators/password'

export const resendValidator = vine.create({ email: emailAddress() })

/** The password of a sign-up, asked for in a browser other than the one that signed up. */
export const confirmValidator = vine.create({ password: presentPassword() })
