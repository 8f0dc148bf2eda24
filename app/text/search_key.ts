/** No valid text sorts after this: the end of the range of texts with a common beginning. */
const LAST_CHARACTER = '\u{10FFFF}'

const LONGEST = 100

/**
 * A name in the form used for searching: width, case, composition (macOS decomposes
 * Hangul) and spaces do not count, so "김 민준" is found by "김민".
 */
export function searchKey(name: string): string {
  const key = name.normalize('NFKC').toLowerCase().normalize('NFC').replace(/\s+/g, '')
  return Array.from(key).slice(0, LONGEST).join('')
}

/**
 * The texts that begin with `prefix`, as a range of bytes: this uses an index on both
 * databases, where LIKE would not (SQLite), and has no wildcards.
 */
export function beginningWith(prefix: string): [from: string, to: string] {
  return [prefix, prefix + LAST_CHARACTER]
}
