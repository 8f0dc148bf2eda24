/* Longer ones are no addresses that somebody means. */
const LONGEST = 2_000

/**
 * What is wrong with an address that an administrator typed and that we are to call.
 *
 * @param inside the site may be in our own network, where http will do
 * @returns the problem by name, or `null` when it can be called
 */
export function outboundUrlProblem(
  value: string,
  { inside }: { inside: boolean }
): 'no_address' | 'http_outside' | 'fragment' | 'user_name' | null {
  if (value.length > LONGEST || !URL.canParse(value)) return 'no_address'
  const { protocol, hash, username, password } = new URL(value)
  if (protocol !== 'https:' && protocol !== 'http:') return 'no_address'
  if (protocol === 'http:' && !inside) return 'http_outside'
  if (hash || value.includes('#')) return 'fragment'
  if (username || password) return 'user_name'
  return null
}
