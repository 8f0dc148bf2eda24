import { cut, trimBlank } from '#text/visible_text'

/** Longest name of a person, in characters (UTF-16 units), whether typed or received. */
export const LONGEST_NAME = 50

/* A name from a provider is not read beyond this. */
const LONGEST_READ = 20 * LONGEST_NAME

/**
 * The only form in which a person's name is kept, whatever its source: one line, composed
 * (NFC), without blanks around it, control characters or the marks that reverse the
 * direction of text, at most `LONGEST_NAME` long.
 *
 * @returns `null` for a name that shows nothing
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
