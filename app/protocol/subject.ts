/* What programs write where they have no id. */
const NOT_AN_ID = /^(null|undefined|nan|none|nil|true|false|[+-]?infinity)$/i

const NUMERIC = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/**
 * The id by which a provider knows somebody, or an application, as text: the one
 * rule for everything that brings one. Ids come as text, as numbers, and as
 * numbers too large for JavaScript, which `parseObject` has kept as text.
 *
 * @returns `null` for what is no id but a mistake of the provider's or of what
 *   stands before it, such as `0`, `-1`, `"null"` or `""`: everybody to whom that
 *   happened would be the same person here
 */
export function subjectOf(value: unknown): string | null {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value > 0 ? String(value) : null
  }
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(value)) return null
  if (NOT_AN_ID.test(value) || !/[a-z\d]/i.test(value)) return null
  return NUMERIC.test(value) && !/^0*[1-9]\d*$/.test(value) ? null : value
}
