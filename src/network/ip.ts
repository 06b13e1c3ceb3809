/** What an IP address tells: its family, and from where it can be reached. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

export type Scope = 'public' | 'private' | 'loopback'

/** RFC 1918, 3927, 4193, 4291; a network that an operator shares among customers (RFC 6598) is private, too. */
const PRIVATE = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
])
const LOOPBACK = blockList(['127.0.0.0/8', '::1/128'])
const SHARED = blockList(['100.64.0.0/10'])

/** 4, 6, or 0 for what is no IP address. */
export function familyOf(ip: string): number {
  return isIP(ip)
}

/** Whatever is no IP address counts as public. */
export function scopeOf(ip: string): Scope {
  if (within(LOOPBACK, ip)) return 'loopback'
  return within(PRIVATE, ip) ? 'private' : 'public'
}

/** Whether it is of the range that an operator's translator (CGNAT) gives to its customers. */
export function isCarrierShared(ip: string): boolean {
  return within(SHARED, ip)
}

function within(list: BlockList, ip: string): boolean {
  if (isIPv4(ip)) return list.check(ip)
  return isIPv6(ip) && list.check(ip, 'ipv6')
}

function blockList(nets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const net of nets) {
    const [address = '', bits = ''] = net.split('/')
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
