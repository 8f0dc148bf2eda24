import { cut, trimBlank } from '#text/visible_text'

/** Of a person's name, in characters (UTF-16 units), whether typed or received. */
export const LONGEST_NAME = 50

/* Of what a provider sends as a name, no more is looked at. */
const LONGEST_READ = 20 * LONGEST_NAME

/**
 * The one form in which a person's name is kept, whoever gave it: one line,
 * composed (NFC), nothing blank around it, without control characters or the marks
 * that turn the direction of text around, at most `LONGEST_NAME` long.
 *
 * @returns `null` for what shows nothing
 */
export function normalizeName(given: string): string | null {
  const line = given
    .slice(0, LONGEST_READ)
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
  return trimBlank(cut(trimBlank(line), LONGEST_NAME)) || null
}
