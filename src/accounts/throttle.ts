/**
 * How fast passwords may be tried: each address waits longer after each failure, an account is asked by strangers at a
 * measured pace, and who has signed in from a device before is in nobody's way. In memory: a start forgives.
 */
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '#base'
import { type Pace, Strangers } from './strangers.ts'

/** After the first, second … failure in a row. Eight are looked at in the first hour, 28 in a day. */
const WAITS_S = [1, 1, 4, 16, 64, 256, 1024, 3600] as const
/**
 * From places that an account does not know, however many they are: 195 in the first hour, 130 in each later one. Those
 * that have failed often have a pace of their own, and so are not in the way of who comes anew.
 */
const FIRST_TRIES = 3
const FIRST: Pace = { atOnce: 60, everyMs: 30 * SECOND_MS }
const LATER: Pace = { atOnce: 5, everyMs: 6 * MINUTE_MS }
const FORGOTTEN_MS = DAY_MS
const PLACES_MAX = 10_000
/** What one try has made is idle in half of it. */
const SWEPT_EVERY_MS = MINUTE_MS

interface Place {
  failures: number
  /** Monotonic, as all of these. */
  until: number
  readonly since: number
  seen: number
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
  /** Of an account. */
  readonly #strangers = new Map<string, { readonly first: Strangers; readonly later: Strangers }>()
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** Milliseconds until this try is looked at; 0: now, and it counts as a failure until `succeeded`. */
  take(one: Try): number {
    const now = this.#clock.monotonic()
    const place = this.#place(placeOf(one), now)
    if (place.until > now) return place.until - now
    const waitMs = one.device === null ? this.#strangersOf(one.account, place, now).take(place, now) : 0
    if (waitMs > 0) return waitMs
    const step = Math.min(place.failures, WAITS_S.length - 1)
    place.failures++
    place.until = now + (WAITS_S[step] ?? 0) * SECOND_MS
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
    const fresh = { failures: 0, until: 0, since: now, seen: now }
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

  #strangersOf(account: string, { failures }: Place, now: number): Strangers {
    if (this.#strangers.size >= PLACES_MAX && now - this.#sweptAt >= SWEPT_EVERY_MS) this.#sweep(now)
    const known = this.#strangers.get(account) ?? { first: new Strangers(FIRST, now), later: new Strangers(LATER, now) }
    this.#strangers.set(account, known)
    return failures < FIRST_TRIES ? known.first : known.later
  }

  #sweep(now: number): void {
    this.#sweptAt = now
    for (const [name, { first, later }] of this.#strangers)
      if (first.isIdle(now) && later.isIdle(now)) this.#strangers.delete(name)
  }
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
