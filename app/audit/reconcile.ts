import { changesBetween } from '#audit/changes'

/** A field that somebody else changed while a form was open. */
export interface Overtaken<T> {
  field: keyof T & string
  before: unknown
  now: unknown
  /** What was typed instead, where something was. */
  mine?: unknown
}

/**
 * Brings a form that somebody overtook up to date: what its owner did not touch
 * becomes what it is now; what both changed stays as its owner typed it.
 *
 * @param shown what the form was opened with
 * @param mine what was sent
 * @param now what there is
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
