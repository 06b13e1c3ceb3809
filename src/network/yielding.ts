/**
 * Leaves the line to the people who work on it. Their telephones and pages suffer when bytes queue before the line, so
 * while we send, the way to our peers is measured twice a second: where it takes much longer than it can, we send more
 * slowly than the line carries, and then find the way up again (after LEDBAT, RFC 6817).
 */
import { type Clock, KiB, MINUTE_MS, SECOND_MS } from '#base'
import { every } from './waits.ts'

/** A longer queue is heard on the telephone. */
const QUEUE_MS_MAX = 100
const TICK_MS = SECOND_MS / 2
/** One late answer may be a machine that was busy: it slows nothing down that was not slow before. */
const LATE_TICKS = 4
const BACK_OFF = 0.85
/** Somebody else sends, too: there is less room than a moment ago. */
const LONG_QUEUE_MS = 3 * QUEUE_MS_MAX
const BACK_OFF_LONG = 0.6
/** A tick, in proportion to how much shorter the queue is than it may be. */
const GROWTH = 0.04
/** What passed in so many ticks tells what the line carries: while a queue drains, little passes. */
const CARRIED_TICKS = 8
/** So long a queue is given to drain before it counts again. */
const DRAIN_MS = 1.5 * SECOND_MS
/** Of a rate below that much is used, it is not the rate that holds us up. */
const USED_MIN = 0.8
/** A share of any line; what is asked must end before peers give up. */
const RATE_MIN = 64 * KiB
/** Lines as fast as this, 100 Mbit/s, have room for all. */
const RATE_FAST = 12_500_000
/** At a limit one body goes after the other: between two of them the line is still measured. */
const LINGER_TICKS = 4
/** After a pause the line may be another one. */
const FORGET_MS = MINUTE_MS
/** The shortest way of the last one or two of these counts: routes change. */
const BASE_MS = 5 * MINUTE_MS

interface Way {
  readonly peer: string
  readonly ping: () => Promise<number | null>
  /** Monotonic; null when none is on its way. */
  askedAt: number | null
  /** What the last answer of this tick said. */
  tookMs: number | null
  users: number
  /** Ticks without a user. */
  idle: number
}

interface Base {
  now: number
  before: number
  since: number
}

export class Yielding {
  readonly #clock: Clock
  readonly #ways = new Map<object, Way>()
  readonly #bases = new Map<string, Base>()
  #timer: Disposable | undefined
  #rate: number | null = null
  #passedBytes = 0
  /** Bytes a second in the last ticks. */
  #carried: number[] = []
  #late = 0
  /** Monotonic. */
  #drainsUntil = 0
  #idleSince = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Bytes a second; null: as fast as can be. */
  get rate(): number | null {
    return this.#rate
  }

  passed(bytes: number): void {
    this.#passedBytes += bytes
  }

  /**
   * Until it is disposed of, the way to a peer is measured by `ping`: milliseconds there and back, null when there is no
   * answer; it never rejects. Several at once over one session share it.
   */
  watch(session: object, peer: string, ping: Way['ping']): Disposable {
    const known = this.#ways.get(session)
    const way: Way = known ?? { peer, ping, askedAt: null, tookMs: null, users: 0, idle: 0 }
    this.#ways.set(session, way)
    way.users++
    way.idle = 0
    if (known === undefined) this.#ask(way)
    if (this.#timer === undefined) this.#begin()
    return {
      [Symbol.dispose]: () => {
        way.users--
      },
    }
  }

  #begin(): void {
    if (this.#clock.monotonic() - this.#idleSince > FORGET_MS) this.#rate = null
    this.#passedBytes = 0
    this.#carried = []
    this.#late = 0
    this.#timer = every(this.#clock, TICK_MS, () => this.#tick())
  }

  /** Of the ways that nobody has used for a while. */
  #forget(): void {
    for (const [session, way] of this.#ways) {
      if (way.users === 0 && ++way.idle > LINGER_TICKS) this.#ways.delete(session)
    }
    if (this.#ways.size > 0) return
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#idleSince = this.#clock.monotonic()
  }

  #ask(way: Way): void {
    if (way.askedAt !== null) return
    way.askedAt = this.#clock.monotonic()
    void way.ping().then((ms) => {
      way.askedAt = null
      if (ms === null) return
      way.tookMs = ms
      this.#noteBase(way.peer, ms)
    })
  }

  #noteBase(peer: string, ms: number): void {
    const now = this.#clock.monotonic()
    const base = this.#bases.get(peer) ?? { now: ms, before: ms, since: now }
    const isOver = now - base.since > BASE_MS
    const next = isOver ? { now: ms, before: base.now, since: now } : { ...base, now: Math.min(base.now, ms) }
    this.#bases.set(peer, next)
  }

  /** The shortest queue that any way met: a long one before a single peer is that peer's. */
  #queueMs(): number | null {
    const now = this.#clock.monotonic()
    const queues = [...this.#ways.values()].flatMap(({ peer, askedAt, tookMs }) => {
      const base = this.#bases.get(peer)
      const waits = askedAt === null ? null : now - askedAt
      const ms = tookMs ?? waits
      return ms === null || base === undefined ? [] : ms - Math.min(base.now, base.before)
    })
    return queues.length === 0 ? null : Math.min(...queues)
  }

  #tick(): void {
    const queueMs = this.#queueMs()
    const bytesPerSecond = (this.#passedBytes * SECOND_MS) / TICK_MS
    this.#passedBytes = 0
    this.#carried = [...this.#carried, bytesPerSecond].slice(-CARRIED_TICKS)
    this.#forget()
    for (const way of this.#ways.values()) {
      way.tookMs = null
      this.#ask(way)
    }
    if (queueMs === null) return
    const room = 1 - queueMs / QUEUE_MS_MAX
    this.#late = room < 0 ? this.#late + 1 : 0
    if (room >= 0) this.#grow(bytesPerSecond, room)
    else if (this.#rate !== null || this.#late >= LATE_TICKS) this.#backOff(queueMs)
  }

  #backOff(queueMs: number): void {
    const now = this.#clock.monotonic()
    const carried = this.#carried.reduce((sum, one) => sum + one, 0) / this.#carried.length
    if (carried >= RATE_FAST || now < this.#drainsUntil) return
    this.#drainsUntil = now + DRAIN_MS + queueMs
    const factor = queueMs > LONG_QUEUE_MS ? BACK_OFF_LONG : BACK_OFF
    this.#rate = Math.max(RATE_MIN, factor * Math.min(this.#rate ?? carried, carried))
  }

  #grow(bytesPerSecond: number, room: number): void {
    if (this.#rate === null || bytesPerSecond < USED_MIN * this.#rate) return
    const rate = this.#rate * (1 + GROWTH * room)
    this.#rate = rate >= RATE_FAST ? null : rate
  }
}
