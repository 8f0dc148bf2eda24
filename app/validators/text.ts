import vine from '@vinejs/vine'
import { LONGEST_NAME, normalizeName } from '#text/person_name'
import { isBlank, trimBlank } from '#text/visible_text'

/* A line of text must not contain control characters; a longer text only tabs and line breaks. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/
// eslint-disable-next-line no-control-regex
const CONTROL_BUT_BREAKS = /[\u0000-\u0008\u000b-\u001f\u007f]/

/* How much more than it keeps a field reads, for the spaces and line breaks it drops. */
const SLACK = 100

/**
 * Text that is transformed before it is validated. The length is checked first: input
 * that is far too long is refused without being read. Everything else costs by length,
 * and anyone can send half a megabyte.
 *
 * @param max in characters (UTF-16 units), after reading; input up to twice as long is
 *   read
 * @param read transforms the input; an empty result counts as missing
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

/** Text without the spaces around it, because keys and codes are pasted with them. */
export const trimmed = (max: number) => textRead(max, (typed) => typed.trim())

/** One line of text that shows something. @param max in characters (UTF-16 units) */
export const line = (max: number) => textRead(max, trimBlank).use(noControl())

/**
 * Text with line breaks. A browser sends each break as two characters and counts it as
 * one, and so do we.
 *
 * @param max in characters (UTF-16 units), after trimming
 */
export const text = (max: number) => textRead(max, linesOf).use(noControlButBreaks())

/** Leading blanks indent the first line; blanks alone are not text. */
function linesOf(typed: string): string {
  return isBlank(typed) ? '' : typed.replace(/\r\n?/g, '\n').trimEnd()
}

/* Names appear next to what their owners wrote, where they must not become a link. */
const LINK = /[/\\@<>]|https?:|www\./i

const notALink = vine.createRule((value, _options, field) => {
  if (typeof value === 'string' && LINK.test(value)) {
    field.report('validation.name.link', 'name.link', field)
  }
})

const inOneForm = vine.createRule((value, _options, field) => {
  if (typeof value === 'string') field.mutate(normalizeName(value), field)
})

/** A person's name, typed by that person, who is told if it is too long. */
export const personName = () =>
  textRead(LONGEST_NAME, (typed) => trimBlank(typed.normalize('NFC')))
    .use(noControl())
    .use(notALink())
    .use(inOneForm())
