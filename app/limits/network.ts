import { BlockList, isIP } from 'node:net'

const privateNetworks = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4')
}
privateNetworks.addAddress('::1', 'ipv6')
privateNetworks.addSubnet('fc00::', 7, 'ipv6')

/** Whether an address is of this machine or of a network without a way outside. */
export function isPrivate(ip: string): boolean {
  const plain = withoutMapping(ip)
  return isIP(plain) !== 0 && privateNetworks.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
}

/**
 * The part of a network address that stands for one customer of a network: the
 * whole of an IPv4 address, the first 64 bits of an IPv6 one, because a single
 * machine may use any address within them. IPv4 written as IPv6 is IPv4.
 */
export function networkOf(ip: string): string {
  const plain = withoutMapping(ip)
  if (!plain.includes(':') || !URL.canParse(`http://[${plain}]`)) return plain

  /* The one way of writing it: lower case, no leading zeros, hexadecimal to the end. */
  const address = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  const [before, after] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = after ? Array(8 - before.length - after.length).fill('0') : []
  return `${[...before, ...zeros, ...(after ?? [])].slice(0, 4).join(':')}::/64`
}

/** Without the wrapping of IPv4 in IPv6, and without the zone of a link. */
function withoutMapping(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}
