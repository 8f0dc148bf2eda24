/*
 * Everything Unicode displays as nothing: spaces, control and format characters, anything
 * a display should ignore, and the few letters and symbols drawn blank (Braille without
 * dots, the null notehead, the blanks of Egyptian hieroglyphs, the place of an embedded
 * object).
 */
const BLANK =
  /[\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/u

/** A mark is part of the character before it and shows nothing on its own. */
const MARK = /\p{M}/u

/* What a reader takes for one character: an emoji is one, whatever joins it together. */
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Whether nothing in a text is visible. */
export function isBlank(text: string): boolean {
  for (const point of text) if (!BLANK.test(point) && !MARK.test(point)) return false
  return true
}

/**
 * A text without the blank characters at its ends; empty if it is all blank. Nothing is
 * taken from a character that shows something: neither its marks nor the joiners of an
 * emoji. The cost grows with length, so callers check the length first.
 */
export function trimBlank(text: string): string {
  const shown = Array.from(characters.segment(text), ({ segment }) => segment)
  const first = shown.findIndex((character) => !isBlank(character))
  if (first === -1) return ''
  return shown.slice(first, shown.findLastIndex((one) => !isBlank(one)) + 1).join('')
}

/**
 * The beginning of a text, in whole characters: none is split, unless the first does not
 * fit.
 *
 * @param longest in UTF-16 units
 */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text
  const next = characters.segment(text).containing(longest)
  return text.slice(0, next?.index || longest).toWellFormed()
}
