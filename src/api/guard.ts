/** Who may speak to the console at all: people on the same network, by a name of this box, from its own pages. */
import { BlockList, isIP } from 'node:net'

/** Loopback, private, link-local and unique local addresses (RFC 1122, 1918, 3927, 4193, 4291). */
const LAN = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  LAN.addSubnet(network, bits, 'ipv4')
}
for (const [network, bits] of [
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7],
] as const) {
  LAN.addSubnet(network, bits, 'ipv6')
}

export function isLan(address: string): boolean {
  const plain = plainAddress(address)
  const family = isIP(plain)
  return family !== 0 && LAN.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}

/** From the box itself. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address)
  return plain === '::1' || plain.startsWith('127.')
}

/** IPv4 as IPv6 sockets show it, and without the name of an interface. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '')
}

/**
 * Whether a `Host` header names this box: an address, `localhost`, or one of its names. A name of somebody else's that
 * leads here is how a page of theirs would reach the box (DNS rebinding).
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  const host = hostIn(header)
  if (host === null) return false
  return isIP(host) !== 0 || host === 'localhost' || names.some((name) => name.toLowerCase() === host)
}

function hostIn(header: string | undefined): string | null {
  const [, v6, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? []
  return (v6 ?? name)?.toLowerCase().replace(/\.$/, '') ?? null
}

/**
 * Where browsers make and use passkeys: at a name, over what nobody on the way can change. Else why they do not. The
 * header is one of this box's already.
 */
export function passkeyPlace(
  header: string | undefined,
  isSecure: boolean,
): { readonly domain: string; readonly origin: string } | 'address' | 'insecure' {
  const domain = hostIn(header)
  if (domain === null || isIP(domain) !== 0) return 'address'
  if (!isSecure && domain !== 'localhost') return 'insecure'
  return { domain, origin: `${isSecure ? 'https' : 'http'}://${header}` }
}

/** Of a request that changes something: the page must be our own. Without `Origin` no browser sent it from a page. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, scheme: string): boolean {
  return origin === undefined || origin === `${scheme}://${host}`
}
