/* What programs write when they have no id. */
const NOT_AN_ID = /^(null|undefined|nan|none|nil|true|false|[+-]?infinity)$/i

const NUMERIC = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/**
 * The id that a provider gives a person or an application, as text: the single rule for
 * every source of ids. They arrive as text, as numbers, or as numbers too large for
 * JavaScript, which `parseObject` has kept as text.
 *
 * @returns `null` for values such as `0`, `-1`, `"null"` or `""`, which are not ids but
 *   mistakes of the provider or a proxy in front of it: everybody affected would become
 *   the same person here
 */
export function subjectOf(value: unknown): string | null {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value > 0 ? String(value) : null
  }
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(value)) return null
  if (NOT_AN_ID.test(value) || !/[a-z\d]/i.test(value)) return null
  return NUMERIC.test(value) && !/^0*[1-9]\d*$/.test(value) ? null : value
}
