import { isIPv6 } from 'node:net'
import { type Address, DatisError } from '#base'

const HOST_CHARS_MAX = 253
/** Letters, digits, dots, hyphens and underscores: names and IPv4. */
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/

/** Reads `host:port` or `[IPv6]:port`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^:[\]]{1,253})):([0-9]{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  const known = match?.[1] === undefined ? HOST.test(host) && host.length <= HOST_CHARS_MAX : isIPv6(host)
  if (!known || !(port >= 1 && port <= 65535)) {
    throw new DatisError('ADDRESS_INVALID', 'An address is not of the form host:port or [IPv6]:port.', {
      address: text.slice(0, 300),
    })
  }
  return { host, port }
}

/** Of this machine alone: no other one reaches it. */
export function isLoopback({ host }: Address): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1' || host === 'localhost'
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
