/** What answers at an address: the half of reachability that anybody can find out from where they stand. */
import type { Duplex } from 'node:stream'
import { type Address, type Clock, codeOf, type Net, SECOND_MS } from '#base'
import type { Look, Unanswered } from './types.ts'
import { within } from './waits.ts'

/** A firewall that drops says nothing for ever; a line that works answers within one second. */
const LOOK_TIMEOUT_MS = 5 * SECOND_MS
const IPS_MAX = 4
/** Of what we were told: the most telling first. */
const ORDER: readonly Look['outcome'][] = ['box', 'other', 'refused', 'silent', 'unreachable', 'private', 'unresolved']

export type Greeted =
  | { readonly outcome: 'box'; readonly box: string; readonly organisation: string }
  | { readonly outcome: 'other'; readonly subject: string | null }

export interface LookDeps {
  readonly net: Net
  readonly clock: Clock
  readonly may: ((ip: string) => boolean) | undefined
  /** A handshake over the connection; whatever it throws means that it is no box. It does not close the connection. */
  readonly greet: (raw: Duplex, signal: AbortSignal) => Promise<Greeted>
}

/** Looks at all addresses of a name at once; the best answer counts. */
export async function lookAt(deps: LookDeps, { host, port }: Address, signal: AbortSignal): Promise<Look> {
  let ips: readonly string[]
  try {
    ips = await deps.net.resolve(host)
  } catch {
    signal.throwIfAborted()
    return { outcome: 'unresolved', ip: null }
  }
  const looks = await Promise.all(ips.slice(0, IPS_MAX).map((ip) => lookOnce(deps, { host: ip, port }, signal)))
  signal.throwIfAborted()
  const rank = (look: Look) => ORDER.indexOf(look.outcome)
  return looks.sort((a, b) => rank(a) - rank(b))[0] ?? { outcome: 'unresolved', ip: null }
}

async function lookOnce({ net, clock, may, greet }: LookDeps, address: Address, signal: AbortSignal): Promise<Look> {
  const ip = address.host
  if (may?.(ip) === false) return { outcome: 'private', ip }
  const limit = { ms: LOOK_TIMEOUT_MS, what: 'look' }
  let raw: Duplex
  try {
    raw = await within(clock, limit, signal, (inner) => net.dial(address, inner))
  } catch (error) {
    return { outcome: unanswered(codeOf(error)), ip }
  }
  raw.on('error', () => undefined)
  try {
    return { ip, ...(await within(clock, limit, signal, (inner) => greet(raw, inner))) }
  } catch {
    return { outcome: 'other', ip, subject: null }
  } finally {
    raw.destroy()
  }
}

function unanswered(code: string): Unanswered {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused'
  return code === 'PEER_TIMEOUT' || code === 'ETIMEDOUT' ? 'silent' : 'unreachable'
}
