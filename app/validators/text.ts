import vine from '@vinejs/vine'

/* Control characters have no place in a line of text; in a longer text only tab and line break do. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/
// eslint-disable-next-line no-control-regex
const CONTROL_BUT_BREAKS = /[\u0000-\u0008\u000b-\u001f\u007f]/

/* Space, and the characters that Unicode shows as nothing: a name of these alone is empty. */
const INVISIBLE_EDGES =
  /^[\s\p{Cf}\u3164\uFFA0\u115F\u1160]+|[\s\p{Cf}\u3164\uFFA0\u115F\u1160]+$/gu

const without = (forbidden: RegExp) =>
  vine.createRule((value, _options, field) => {
    if (typeof value === 'string' && forbidden.test(value)) {
      field.report('validation.characters', 'characters', field)
    }
  })

const noControl = without(CONTROL)
const noControlButBreaks = without(CONTROL_BUT_BREAKS)

const trimmed = (value: unknown) => {
  if (typeof value !== 'string') return value
  return value.replace(INVISIBLE_EDGES, '') || null
}

/** One line of text. @param max in characters (UTF-16 units), after trimming */
export const line = (max: number) => vine.string().parse(trimmed).maxLength(max).use(noControl())

/**
 * Text with line breaks. A browser sends each break as two characters and
 * counts it as one, and so do we.
 *
 * @param max in characters (UTF-16 units), after trimming
 */
export const text = (max: number) =>
  vine
    .string()
    .parse((value) =>
      typeof value === 'string' ? value.replace(/\r\n?/g, '\n').trimEnd() || null : value
    )
    .maxLength(max)
    .use(noControlButBreaks())

/* Names go into mails, where a stranger's words must not become a link. */
const LINK = /[/\\@<>]|https?:|www\./i

const notALink = vine.createRule((value, _options, field) => {
  if (typeof value === 'string' && LINK.test(value)) {
    field.report('validation.name.link', 'name.link', field)
  }
})

/** A person's name as typed by that person, of at most 50 characters. */
export const personName = () => line(50).use(notALink())
