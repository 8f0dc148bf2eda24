import vine from '@vinejs/vine'
import { LONGEST_EMAIL } from '#models/email'
import { LONGEST_PASSWORD } from '#validators/password'
import { trimmed } from '#validators/text'

export const signInValidator = vine.create({
  email: trimmed(LONGEST_EMAIL),
  password: vine.string().maxLength(LONGEST_PASSWORD),
  remember: vine.accepted().optional(),
  next: vine.any().optional(),
})
