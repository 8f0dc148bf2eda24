/** What no valid text comes after: the end of the range of texts that begin alike. */
const LAST_CHARACTER = '\u{10FFFF}'

const LONGEST = 100

/**
 * A name as it is searched for: neither width, case, composition (macOS takes
 * Hangul apart) nor spaces count, so that "김 민준" is found by "김민".
 */
export function searchKey(name: string): string {
  const key = name.normalize('NFKC').toLowerCase().normalize('NFC').replace(/\s+/g, '')
  return Array.from(key).slice(0, LONGEST).join('')
}

/**
 * The texts that begin with `prefix`, as a range of bytes: it uses an index on
 * both databases, where LIKE would not (SQLite), and has no wildcards.
 */
export function beginningWith(prefix: string): [from: string, to: string] {
  return [prefix, prefix + LAST_CHARACTER]
}
