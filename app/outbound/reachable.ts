import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/* What a site inside may be at, besides public addresses: this machine and its networks. */
const INSIDE = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal'])

/* All that IANA gives out for the internet; the library calls everything it has no name for unicast. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether we may connect to an address on behalf of an administrator who typed a name.
 * Only public addresses, unless the site is marked as inside. Link-local addresses, where
 * clouds answer with their keys, and those that carry another address in them (mapped,
 * NAT64, 6to4, Teredo) are never reachable.
 *
 * @param address IPv4 or IPv6, as the system resolves names; anything else is refused
 */
export function isReachable(address: string, { inside }: { inside: boolean }): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range === 'unicast') return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6)
  return inside && INSIDE.has(range)
}
