import { changesBetween } from '#audit/changes'

/** A field that someone else changed while a form was open. */
export interface Overtaken<T> {
  field: keyof T & string
  before: unknown
  now: unknown
  /** What was typed instead, if anything. */
  mine?: unknown
}

/**
 * Brings a form up to date after someone else changed the same thing: fields its owner
 * did not touch take their present values; fields that both changed stay as the owner
 * typed them.
 *
 * @param shown what the form was opened with
 * @param mine what was sent
 * @param now the present values
 */
export function reconcile<T extends object>(
  shown: T,
  mine: T,
  now: T
): { merged: T; overtaken: Overtaken<T>[] } {
  const typed = changesBetween(shown, mine)
  const differs = changesBetween(now, mine)
  const merged = { ...mine }
  const overtaken = Object.keys(changesBetween(shown, now)).map((key) => {
    const field = key as keyof T & string
    const isConflict = field in typed && field in differs
    if (!isConflict) merged[field] = now[field]
    return {
      field,
      before: shown[field],
      now: now[field],
      ...(isConflict && { mine: mine[field] }),
    }
  })
  return { merged, overtaken }
}
