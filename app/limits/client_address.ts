import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'

/**
 * The visitor's network address, as the trusted proxies report it. A proxy may pass on
 * something the visitor made up, and a value that is not an address belongs to nobody. In
 * that case the nearest real address counts, or as a last resort the other end of the
 * connection.
 */
export function clientAddress(
  request: IncomingMessage,
  trusted: (address: string, hops: number) => boolean
): string {
  const addresses = proxyAddr.all(request, trusted).map(bare)
  return addresses.findLast((address) => isIP(address) !== 0) ?? ''
}

/** Without the port that some proxies add, and without the zone of a link. */
function bare(address = ''): string {
  const [, v6, v4] = /^(?:\[([\da-f:.]+)\](?::\d+)?|([\d.]+):\d+)$/i.exec(address) ?? []
  return (v6 ?? v4 ?? address).split('%', 1)[0]
}
