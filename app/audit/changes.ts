/** A value before and after; for a secret, only the fact that it changed. */
export type Change = { before: unknown; after: unknown } | 'changed'

/** What changed, by field. */
export type Changes = Record<string, Change>

/** The differences between `after` and `before`, for each field of `after`. */
export function changesBetween<T extends object>(before: Partial<T>, after: Partial<T>): Changes {
  const changes: Changes = {}
  for (const field of Object.keys(after) as (keyof T & string)[]) {
    const [was, is] = [before[field] ?? null, after[field] ?? null]
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[field] = { before: was, after: is }
  }
  return changes
}
