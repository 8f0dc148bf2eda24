import { trimBlank } from '#models/visible_text'

const LONGEST = 100

/* Of what a provider sends as a name, no more is looked at. */
const LONGEST_READ = 10 * LONGEST

/**
 * The one form in which a person's name is kept, whoever gave it: one line,
 * nothing blank around it, without control characters or the marks that turn the
 * direction of text around, at most 100 characters.
 *
 * @returns `null` for what shows nothing
 */
export function normalizeName(given: string): string | null {
  const line = given
    .slice(0, LONGEST_READ)
    .toWellFormed()
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
  return trimBlank(Array.from(trimBlank(line)).slice(0, LONGEST).join('')) || null
}
