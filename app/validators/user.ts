import vine from '@vinejs/vine'
import { line } from '#validators/text'

/* `User.standing`. */
const LONGEST_SEEN = 60

/** What a suspension may be explained with, in characters. */
const LONGEST_NOTE = 200

export const suspensionValidator = vine.create({
  seen: vine.string().maxLength(LONGEST_SEEN).optional(),
  note: line(LONGEST_NOTE).optional(),
})
