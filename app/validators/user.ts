import vine from '@vinejs/vine'
import { line } from '#validators/text'

/* `User.version`. */
const LONGEST_VERSION = 60

/** Longest explanation of a suspension, in characters. */
const LONGEST_NOTE = 200

export const suspensionValidator = vine.create({
  version: vine.string().maxLength(LONGEST_VERSION).optional(),
  note: line(LONGEST_NOTE).optional(),
})
