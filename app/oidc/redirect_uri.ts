import { outboundUrlProblem } from '#outbound/outbound_url'
import { isLoopbackHost } from '#start/loopback'
import type Client from '#models/oidc/client'
import type { ClientSettings } from '#models/oidc/client'

/**
 * What is wrong with an address. `clients.json` of each language has the words, under
 * `address`; `spelling` carries how a browser would write it.
 */
export type AddressProblem =
  | {
      name:
        | 'no_address'
        | 'http'
        | 'scheme'
        | 'scheme_of_app'
        | 'https_on_loopback'
        | 'fragment'
        | 'user_name'
        | 'wildcard'
        /** Of what we are to call, not of what a browser opens. */
        | 'http_outside'
    }
  | { name: 'spelling'; href: string }

const LONGEST = 2_000

/**
 * What is wrong with an address that a site wants its visitors sent to. An app may also
 * use its own scheme. It must contain a dot, like a reversed domain
 * (`com.example.shop:/callback`; RFC 8252, 7.1), so that it is not one that browsers know.
 *
 * @returns `null` when the address can be registered
 */
export function redirectUriProblem(
  value: string,
  kind: Client['kind'] = 'server'
): AddressProblem | null {
  if (value.length > LONGEST || !URL.canParse(value)) return { name: 'no_address' }
  const { protocol, hostname, hash, username, password, href } = new URL(value)
  const isOnLoopback = protocol === 'http:' && isLoopbackHost(hostname)
  const isOfApp = kind === 'app' && /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:$/.test(protocol)
  if (protocol !== 'https:' && !isOnLoopback && !isOfApp) {
    return { name: protocol === 'http:' ? 'http' : kind === 'app' ? 'scheme_of_app' : 'scheme' }
  }
  if (kind === 'app' && protocol === 'https:' && isLoopbackHost(hostname)) {
    return { name: 'https_on_loopback' }
  }
  if (hash || value.includes('#')) return { name: 'fragment' }
  if (username || password) return { name: 'user_name' }
  if (value.includes('*')) return { name: 'wildcard' }
  /* Addresses are compared exactly, so the registered one must be as a browser writes it. */
  if (href !== value && href !== `${value}/`) return { name: 'spelling', href }
  return null
}

/** What is wrong with the address of a page that members are only shown a link to. */
export function pageAddressProblem(value: string): AddressProblem | null {
  if (value.length > LONGEST || !URL.canParse(value)) return { name: 'no_address' }
  const { protocol, hostname, username, password } = new URL(value)
  if (protocol === 'http:' && !isLoopbackHost(hostname)) return { name: 'http' }
  if (protocol !== 'https:' && protocol !== 'http:') return { name: 'scheme' }
  return username || password ? { name: 'user_name' } : null
}

/** An address that cannot be registered, and in which field it stands. */
export interface BadAddress {
  field: keyof ClientSettings & string
  address: string
  problem: AddressProblem
}

/** The first address of each field that cannot be registered for this kind of site. */
export function badAddresses(fields: Partial<ClientSettings>, kind?: Client['kind']): BadAddress[] {
  const lists = {
    redirectUris: fields.redirectUris,
    postLogoutRedirectUris: fields.postLogoutRedirectUris,
    homeUrl: fields.homeUrl ? [fields.homeUrl] : [],
    privacyUrl: fields.privacyUrl ? [fields.privacyUrl] : [],
  }
  return Object.entries(lists).flatMap(([name, addresses = []]) => {
    const field = name as keyof typeof lists
    const isLink = field === 'homeUrl' || field === 'privacyUrl'
    for (const address of addresses) {
      const problem = isLink ? pageAddressProblem(address) : redirectUriProblem(address, kind)
      if (problem) return [{ field, address, problem }]
    }
    return []
  })
}

/** The Content-Security-Policy source for the target of a redirect address. */
export function formSourceOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  return /^https?:$/.test(protocol) ? origin : protocol
}

/** The addresses at which the site could not be told anything: of each field one. */
export function unreachableAddresses(
  input: Partial<ClientSettings>,
  known: Pick<Client, 'inside' | 'backchannelLogoutUri' | 'webhookUrl'> | null
): BadAddress[] {
  const inside = input.inside ?? known?.inside ?? false
  return (['backchannelLogoutUri', 'webhookUrl'] as const).flatMap((field) => {
    const address = input[field] === undefined ? known?.[field] : input[field]
    const name = address ? outboundUrlProblem(address, { inside }) : null
    return address && name ? [{ field, address, problem: { name } }] : []
  })
}
