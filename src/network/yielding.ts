/**
 * Leaves the line to the people who work on it. Their telephones and pages suffer when bytes queue before the line, so
 * while we send, the way to our peers is measured four times a second: where it takes much longer than it can, we send more
 * slowly than the line carries, and then find the way up again (after LEDBAT, RFC 6817).
 */
import { type Clock, KiB, MINUTE_MS, SECOND_MS } from '#base'
import { every } from './waits.ts'

/** A longer queue is heard on the telephone. */
const QUEUE_MS_MAX = 100
const TICK_MS = SECOND_MS / 4
/** The quickest of so many answers counts: one that is late may be a machine that was busy, or a radio line. */
const WINDOW_TICKS = 4
const BACK_OFF = 0.85
/** Somebody else sends, too: there is less room than a moment ago. */
const LONG_QUEUE_MS = 3 * QUEUE_MS_MAX
const BACK_OFF_LONG = 0.6
/** A tick, in proportion to how much shorter the queue is than it may be. */
const GROWTH = 0.02
/** What passed in so many ticks tells what the line carries: while a queue drains, little passes. */
const CARRIED_TICKS = 16
/** So long a queue is given to drain before it counts again. */
const DRAIN_MS = 1.5 * SECOND_MS
/** Of a rate below that much is used, it is not the rate that holds us up. */
const USED_MIN = 0.8
/** A share of any line; what is asked must end before peers give up. */
const RATE_MIN = 64 * KiB
/** Lines as fast as this, 100 Mbit/s, have room for all. */
const RATE_FAST = 12_500_000
/** At a limit one body goes after the other: between two of them the line is still measured. */
const LINGER_TICKS = 8
/** While anything is sent, the ways that were used lately are measured, too: they tell a slow peer from a full line. */
const LATELY_MS = MINUTE_MS
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
  /** Of the last ticks. */
  samples: number[]
  users: number
  /** Monotonic. */
  usedAt: number
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
  /** Without a user of any way. */
  #idleTicks = 0
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
    const usedAt = this.#clock.monotonic()
    const way: Way = known ?? { peer, ping, askedAt: null, tookMs: null, samples: [], users: 0, usedAt }
    this.#ways.set(session, way)
    way.users++
    if (known === undefined) this.#ask(way)
    if (this.#timer === undefined) this.#begin()
    return {
      [Symbol.dispose]: () => {
        way.users--
        way.usedAt = this.#clock.monotonic()
      },
    }
  }

  #begin(): void {
    if (this.#clock.monotonic() - this.#idleSince > FORGET_MS) this.#rate = null
    for (const way of this.#ways.values()) way.samples = []
    this.#passedBytes = 0
    this.#carried = []
    this.#timer = every(this.#clock, TICK_MS, () => this.#tick())
  }

  /** Ways that nobody has used for a while; all measuring, when nothing is sent. */
  #forget(): void {
    const now = this.#clock.monotonic()
    for (const [session, { users, usedAt }] of this.#ways) {
      if (users === 0 && now - usedAt > LATELY_MS) this.#ways.delete(session)
    }
    const isUsed = [...this.#ways.values()].some(({ users }) => users > 0)
    this.#idleTicks = isUsed ? 0 : this.#idleTicks + 1
    if (this.#idleTicks <= LINGER_TICKS) return
    this.#idleTicks = 0
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    this.#idleSince = this.#clock.monotonic()
  }

  #ask(way: Way): void {
    if (way.askedAt !== null) return
    way.askedAt = this.#clock.monotonic()
    void way.ping().then((ms) => {
      way.askedAt = null
      // A session that has ended.
      if (ms === null && way.users === 0) way.usedAt = Number.NEGATIVE_INFINITY
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

  #sample(way: Way): void {
    const waits = way.askedAt === null ? null : this.#clock.monotonic() - way.askedAt
    const ms = way.tookMs ?? waits
    if (ms !== null) way.samples = [...way.samples, ms].slice(-WINDOW_TICKS)
    way.tookMs = null
  }

  /** The shortest queue that any way met, in so many ticks: a long one before a single peer is that peer's. */
  #queueMs(ticks: number): number | null {
    const queues = [...this.#ways.values()].flatMap(({ peer, samples }) => {
      const base = this.#bases.get(peer)
      if (base === undefined || samples.length < ticks) return []
      return Math.min(...samples.slice(-ticks)) - Math.min(base.now, base.before)
    })
    return queues.length === 0 ? null : Math.min(...queues)
  }

  #tick(): void {
    for (const way of this.#ways.values()) this.#sample(way)
    const [nowMs, latelyMs] = [this.#queueMs(1), this.#queueMs(WINDOW_TICKS)]
    const bytesPerSecond = (this.#passedBytes * SECOND_MS) / TICK_MS
    this.#passedBytes = 0
    this.#carried = [...this.#carried, bytesPerSecond].slice(-CARRIED_TICKS)
    this.#forget()
    if (this.#timer !== undefined) for (const way of this.#ways.values()) this.#ask(way)
    if (nowMs !== null && nowMs <= QUEUE_MS_MAX) this.#grow(bytesPerSecond, 1 - nowMs / QUEUE_MS_MAX)
    else if (latelyMs !== null && latelyMs > QUEUE_MS_MAX) this.#backOff(latelyMs)
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
