import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'

/**
 * The network address of whoever asks, as the trusted proxies tell it. A proxy may
 * pass on what a visitor made up, and what is no address is nobody's: then the
 * nearest that is one counts, at last the other end of the connection.
 */
export function clientAddress(
  request: IncomingMessage,
  trusted: (address: string, hops: number) => boolean
): string {
  const addresses = proxyAddr.all(request, trusted).map(bare)
  return addresses.findLast((address) => isIP(address) !== 0) ?? ''
}

/** Without a port, which some proxies add, and without the zone of a link. */
function bare(address = ''): string {
  const [, v6, v4] = /^(?:\[([\da-f:.]+)\](?::\d+)?|([\d.]+):\d+)$/i.exec(address) ?? []
  return (v6 ?? v4 ?? address).split('%', 1)[0]
}
