import { isLoopbackHost } from '#start/loopback'

/**
 * What is wrong with an address that a site wants its visitors sent to.
 *
 * @returns in English, or `null` when it can be registered
 */
export function redirectUriProblem(value: string): string | null {
  if (value.length > 2_000 || !URL.canParse(value)) return 'is no address'
  const { protocol, hostname, hash, username, password, href } = new URL(value)
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopbackHost(hostname))) {
    return 'must begin with https:// (http:// is for loopback addresses only)'
  }
  if (hash || value.includes('#')) return 'must have no fragment'
  if (username || password) return 'must have no user name'
  if (value.includes('*')) return 'must have no wildcard'
  /* What a browser makes of it must be what is registered, since they compare exactly. */
  if (href !== value && href !== `${value}/`) return `must be written as ${href}`
  return null
}
