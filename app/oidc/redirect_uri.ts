import { isLoopbackHost } from '#start/loopback'
import type Client from '#models/oidc/client'

/**
 * What is wrong with an address that a site wants its visitors sent to. An app may also
 * have a scheme of its own, which has a dot as a domain turned round has
 * (`com.example.shop:/callback`; RFC 8252, 7.1), so that it is none that browsers know.
 *
 * @returns in English, or `null` when it can be registered
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
  /* What a browser makes of it must be what is registered, since they compare exactly. */
  if (href !== value && href !== `${value}/`) return `must be written as ${href}`
  return null
}

/** What a Content-Security-Policy calls the place that a redirect address leads to. */
export function formSourceOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  return /^https?:$/.test(protocol) ? origin : protocol
}
