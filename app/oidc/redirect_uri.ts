import { isLoopbackHost } from '#start/loopback'
import type Client from '#models/oidc/client'

/**
 * What is wrong with an address that a site wants its visitors sent to. An app may also
 * use its own scheme. It must contain a dot, like a reversed domain
 * (`com.example.shop:/callback`; RFC 8252, 7.1), so that it is not one that browsers know.
 *
 * @returns the problem in English, or `null` when the address can be registered
 */
export function redirectUriProblem(value: string, kind: Client['kind'] = 'server'): string | null {
  if (value.length > 2_000 || !URL.canParse(value)) return 'is no address'
  const { protocol, hostname, hash, username, password, href } = new URL(value)
  const isOnLoopback = protocol === 'http:' && isLoopbackHost(hostname)
  const isOfApp = kind === 'app' && /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:$/.test(protocol)
  if (protocol !== 'https:' && !isOnLoopback && !isOfApp) {
    return kind === 'app'
      ? 'must begin with https://, http:// and a loopback address, or a scheme with a dot such as com.example.shop:/'
      : 'must begin with https:// (http:// is for loopback addresses only)'
  }
  if (kind === 'app' && protocol === 'https:' && isLoopbackHost(hostname)) {
    return 'must begin with http:// for a loopback address'
  }
  if (hash || value.includes('#')) return 'must have no fragment'
  if (username || password) return 'must have no user name'
  if (value.includes('*')) return 'must have no wildcard'
  /* Addresses are compared exactly, so the registered one must be as a browser writes it. */
  if (href !== value && href !== `${value}/`) return `must be written as ${href}`
  return null
}

/** The Content-Security-Policy source for the target of a redirect address. */
export function formSourceOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  return /^https?:$/.test(protocol) ? origin : protocol
}
