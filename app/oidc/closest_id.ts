/* More than one letter wrong in a short id, or two in a longer one, is another id. */
const allowed = (id: string) => (id.length < 4 ? 0 : id.length < 8 ? 1 : 2)

/**
 * The known id that an unknown one was probably meant to be: it differs in case, in
 * spaces around it, or in a letter or two.
 *
 * @returns `null` when none is close
 */
export function closestId<Known extends { clientId: string }>(
  came: string,
  known: Known[]
): Known | null {
  const typed = came.trim().toLowerCase()
  if (typed.length > 70) return null
  const near = known
    .map((one) => ({ one, distance: distanceBetween(typed, one.clientId.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= allowed(one.clientId))
    .toSorted((a, b) => a.distance - b.distance)
  return near.at(0)?.one ?? null
}

/** How many letters have to be added, removed or replaced (Levenshtein). */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: [...other].length + 1 }, (_, at) => at)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (const [to, same] of [...other].entries()) {
      const replaced = row[to] + (letter === same ? 0 : 1)
      next.push(Math.min(replaced, row[to + 1] + 1, next[to] + 1))
    }
    row = next
  }
  return row.at(-1)!
}
