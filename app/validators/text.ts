import vine from '@vinejs/vine'
import { LONGEST_NAME, normalizeName } from '#text/person_name'
import { isBlank, trimBlank } from '#text/visible_text'

/* Control characters have no place in a line of text; in a longer text only tab and line break do. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/
// eslint-disable-next-line no-control-regex
const CONTROL_BUT_BREAKS = /[\u0000-\u0008\u000b-\u001f\u007f]/

/* How much more than it keeps a field reads, of the spaces and line breaks that it drops. */
const SLACK = 100

/**
 * Text that is read in some way before it is validated. The length is looked at
 * first: what is far too long is not read at all, and refused for that. Everything
 * else costs by length, and anybody can send half a megabyte.
 *
 * @param max in characters (UTF-16 units), as read; twice as many are looked at
 * @param read what becomes of it; what is empty then is missing
 */
export const textRead = (max: number, read: (typed: string) => string) =>
  vine
    .string()
    .parse((value) =>
      typeof value === 'string' && value.length <= 2 * max + SLACK ? read(value) || null : value
    )
    .maxLength(max)

const without = (forbidden: RegExp) =>
  vine.createRule((value, _options, field) => {
    if (typeof value === 'string' && forbidden.test(value)) {
      field.report('validation.characters', 'characters', field)
    }
  })

const noControl = without(CONTROL)
const noControlButBreaks = without(CONTROL_BUT_BREAKS)

/** Text without the spaces around it, as keys and codes are pasted. */
export const trimmed = (max: number) => textRead(max, (typed) => typed.trim())

/** One line of text that shows something. @param max in characters (UTF-16 units) */
export const line = (max: number) => textRead(max, trimBlank).use(noControl())

/**
 * Text with line breaks. A browser sends each break as two characters and
 * counts it as one, and so do we.
 *
 * @param max in characters (UTF-16 units), after trimming
 */
export const text = (max: number) => textRead(max, linesOf).use(noControlButBreaks())

/** The blanks at the beginning indent the first line; blanks alone are no text. */
function linesOf(typed: string): string {
  return isBlank(typed) ? '' : typed.replace(/\r\n?/g, '\n').trimEnd()
}

/* Names stand beside what their owners wrote, where they must not become a link. */
const LINK = /[/\\@<>]|https?:|www\./i

const notALink = vine.createRule((value, _options, field) => {
  if (typeof value === 'string' && LINK.test(value)) {
    field.report('validation.name.link', 'name.link', field)
  }
})

const inOneForm = vine.createRule((value, _options, field) => {
  if (typeof value === 'string') field.mutate(normalizeName(value), field)
})

/** A person's name as typed by that person; where it is too long, the person is told. */
export const personName = () =>
  textRead(LONGEST_NAME, (typed) => trimBlank(typed.normalize('NFC')))
    .use(noControl())
    .use(notALink())
    .use(inOneForm())
