/**
 * Whether a form is out of date. A form carries the version of what it shows, a text that
 * changes along with it. The action compares the two once it holds the row, so that of
 * two people who change something at once, the second is told.
 *
 * @param shown the version that the form carries; absent when nothing was shown before,
 *   as to a command
 * @param present the version now
 */
export function isStale(shown: string | undefined, present: string): boolean {
  return shown !== undefined && shown !== present
}

/** Packs what a form shows into its version, so that the form can be told what changed. */
export function packVersion(shown: object): string {
  return Buffer.from(JSON.stringify(shown)).toString('base64url')
}

/** What a form says it was opened with, unchecked; `null` when it is no packed version at all. */
export function unpackVersion(version: unknown): unknown {
  try {
    return JSON.parse(Buffer.from(String(version), 'base64url').toString())
  } catch {
    return null
  }
}
