/**
 * How fast passwords may be tried: each address waits longer after each failure, an account is asked by strangers at a
 * measured pace, and who has signed in from a device before is in nobody's way. In memory: a start forgives.
 */
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '#base'

/** After the first, second … failure in a row. Eight are looked at in the first hour, 28 in a day. */
const WAITS_S = [1, 1, 4, 16, 64, 256, 1024, 3600] as const
/**
 * From places that an account does not know, however many they are: 70 at once and one a minute by those that have hardly
 * failed yet, one a minute by all others; 190 in the first hour. So those who guess are not in the way of who comes anew.
 */
const FIRST_TRIES = 3
const FIRST_TRIES_AT_ONCE = 70
const STRANGERS_MS = MINUTE_MS
const FORGOTTEN_MS = DAY_MS
const PLACES_MAX = 10_000

interface Place {
  failures: number
  /** Monotonic. */
  until: number
  seen: number
}

/** Of an account. */
interface Strangers {
  /** First tries that are left; broken while one comes back. */
  left: number
  /** Monotonic: of `left`. */
  at: number
  /** Monotonic: when one who has failed may come. */
  until: number
}

export interface Try {
  /** Folded name, whether there is such an account or not. */
  readonly account: string
  /** An IP address. */
  readonly address: string
  /** Of a device from which this account has signed in before; null: a stranger. */
  readonly device: string | null
}

export class Throttle {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #places = new Map<string, Place>()
  readonly #strangers = new Map<string, Strangers>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Milliseconds until this try is looked at; 0: now, and it counts as a failure until `succeeded`. */
  take(one: Try): number {
    const now = this.#clock.monotonic()
    const place = this.#place(placeOf(one), now)
    const strangers = one.device === null ? this.#strangersOf(one.account, now) : null
    const isFirst = place.failures < FIRST_TRIES
    const waitMs = Math.max(place.until - now, strangers === null ? 0 : waitOf(strangers, isFirst, now))
    if (waitMs > 0) return waitMs
    const step = Math.min(place.failures, WAITS_S.length - 1)
    place.failures++
    place.until = now + (WAITS_S[step] ?? 0) * SECOND_MS
    if (strangers !== null && isFirst) strangers.left--
    else if (strangers !== null) strangers.until = now + STRANGERS_MS
    return 0
  }

  succeeded(one: Try): void {
    this.#places.delete(placeOf(one))
  }

  #place(name: string, now: number): Place {
    const known = this.#places.get(name)
    if (known !== undefined && now - known.seen < FORGOTTEN_MS) {
      known.seen = now
      return known
    }
    if (this.#places.size >= PLACES_MAX) this.#makeRoom(now)
    const fresh = { failures: 0, until: 0, seen: now }
    this.#places.set(name, fresh)
    return fresh
  }

  /** Those that need not wait go first, then those that wait least. */
  #makeRoom(now: number): void {
    const byUntil = [...this.#places].sort(([, a], [, b]) => a.until - b.until)
    const idle = byUntil.filter(([, { until }]) => until <= now)
    const gone = idle.length > 0 ? idle : byUntil.slice(0, PLACES_MAX / 10)
    for (const [name] of gone) this.#places.delete(name)
  }

  #strangersOf(account: string, now: number): Strangers {
    if (this.#strangers.size >= PLACES_MAX) {
      for (const [name, one] of this.#strangers)
        if (leftOf(one, now) >= FIRST_TRIES_AT_ONCE) this.#strangers.delete(name)
    }
    const known = this.#strangers.get(account) ?? { left: FIRST_TRIES_AT_ONCE, at: now, until: 0 }
    const strangers = Object.assign(known, { left: leftOf(known, now), at: now })
    this.#strangers.set(account, strangers)
    return strangers
  }
}

function leftOf({ left, at }: Strangers, now: number): number {
  return Math.min(FIRST_TRIES_AT_ONCE, left + (now - at) / STRANGERS_MS)
}

function waitOf({ left, until }: Strangers, isFirst: boolean, now: number): number {
  return isFirst ? Math.ceil(Math.max(0, 1 - left) * STRANGERS_MS) : until - now
}

function placeOf({ account, address, device }: Try): string {
  if (device !== null) return `device ${account} ${device}`
  return `address ${networkOf(address)}`
}

/** Who has an IPv6 line has 2^64 addresses and more. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')
}
