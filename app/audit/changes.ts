/** A value before and after; of a secret only that it is another one now. */
export type Change = { before: unknown; after: unknown } | 'changed'

/** What changed, by field. */
export type Changes = Record<string, Change>

/** What `after` has otherwise than `before`, field by field of `after`. */
export function changesBetween<T extends object>(before: Partial<T>, after: Partial<T>): Changes {
  const changes: Changes = {}
  for (const field of Object.keys(after) as (keyof T & string)[]) {
    const [was, is] = [before[field] ?? null, after[field] ?? null]
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[field] = { before: was, after: is }
  }
  return changes
}
