import vine from '@vinejs/vine'
import { LONGEST_EMAIL } from '#text/email'
import { presentPassword } from '#validators/password'
import { trimmed } from '#validators/text'

export const signInValidator = vine.create({
  email: trimmed(LONGEST_EMAIL),
  password: presentPassword(),
  remember: vine.accepted().optional(),
})
