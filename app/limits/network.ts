import { BlockList, isIP } from 'node:net'
import { isLoopbackHost } from '#start/loopback'

const privateNetworks = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4')
}
privateNetworks.addSubnet('fc00::', 7, 'ipv6')

/** Whether an address belongs to this machine or to a network without a way outside. */
export function isPrivate(ip: string): boolean {
  const plain = withoutMapping(ip)
  if (isIP(plain) === 0) return false
  return isLoopbackHost(plain) || privateNetworks.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
}

/**
 * The parts of a network address that are counted together, smallest first, and how many
 * times one customer's limit each may use.
 *
 * An IPv4 address stands for itself. A machine may use any address within the first 64
 * bits of an IPv6 address, and a rented line or server often comes with the whole of the
 * first 48, which is 65,536 such networks. A mobile carrier puts as many phones into 48
 * bits, so these get more room, but not unlimited. IPv4 written as IPv6 counts as IPv4.
 */
export function networksOf(ip: string): { network: string; times: number }[] {
  const plain = withoutMapping(ip)
  if (!plain.includes(':') || !URL.canParse(`http://[${plain}]`)) {
    return [{ network: plain, times: 1 }]
  }

  /* The canonical form: lower case, no leading zeros, hexadecimal to the end. */
  const address = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  const [before, after] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = after ? Array(8 - before.length - after.length).fill('0') : []
  const groups = [...before, ...zeros, ...(after ?? [])]
  return [
    { network: `${groups.slice(0, 4).join(':')}::/64`, times: 1 },
    { network: `${groups.slice(0, 3).join(':')}::/48`, times: 16 },
  ]
}

/** Without the IPv6 mapping of an IPv4 address, and without the zone of a link. */
function withoutMapping(ip: string): string {
  return ip.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1)[0]
}
