/** How fast bytes may pass a line, whoever sends them: a limit that may change at any moment. */
import type { Clock } from '#base'
import { SLICE_BYTES } from './limits.ts'
import { Yielding } from './yielding.ts'

/** So long one slice keeps the line busy at its limit: what waits goes on in turn, and a new limit applies at once. */
const SLICE_MS = 250
const SLICE_BYTES_MIN = 1024
const never = new AbortController().signal

export class Pace {
  /** Bytes a second that may pass now; null: as many as can. Asked before each slice. */
  rate: () => number | null = () => null
  readonly #clock: Clock
  readonly #yielding: Yielding | null
  /** Monotonic: until then what has passed keeps the line busy. */
  #freeAt = 0
  /** The last body in the queue. */
  #turn: Promise<void> = Promise.resolve()
  /** Of bodies that have or wait for their turn. */
  #queuedBytes = 0

  constructor(clock: Clock, yielding: Yielding | null = null) {
    this.#clock = clock
    this.#yielding = yielding
  }

  /** What people allow, or what the line has room for, whichever is less. */
  #rateNow(): number | null {
    const [limit, room] = [this.rate(), this.#yielding?.rate ?? null]
    return limit === null || room === null ? (limit ?? room) : Math.min(limit, room)
  }

  get sliceBytes(): number {
    const rate = this.#rateNow()
    if (rate === null) return SLICE_BYTES
    return Math.max(SLICE_BYTES_MIN, Math.min(SLICE_BYTES, Math.floor((rate * SLICE_MS) / 1000)))
  }

  /** How long bytes take at the limit of now. */
  msFor(bytes: number): number {
    const rate = this.#rateNow()
    return rate === null ? 0 : (bytes / rate) * 1000
  }

  /** Counts bytes that pass; how long the line is busy with what passed before them. */
  count(bytes: number): number {
    if (this.#rateNow() === null) return 0
    const now = this.#clock.monotonic()
    const from = Math.max(now, this.#freeAt)
    this.#freeAt = from + this.msFor(bytes)
    return from - now
  }

  /** Resolves when that many bytes may pass. */
  async pass(bytes: number): Promise<void> {
    this.#yielding?.passed(bytes)
    const waitMs = this.count(bytes)
    if (waitMs > 0) await this.#clock.sleep(waitMs, never)
  }

  /**
   * At a limit one body goes after the other: many at once would each take longer than anybody waits for one. Ends when
   * the body has passed.
   */
  async turn(bytes: number, signal: AbortSignal): Promise<Disposable> {
    if (this.#rateNow() === null) return { [Symbol.dispose]: () => undefined }
    const before = this.#turn
    const given = this.#queue(bytes)
    try {
      await before
      signal.throwIfAborted()
      return given
    } catch (error) {
      given[Symbol.dispose]()
      throw error
    }
  }

  #queue(bytes: number): Disposable {
    const mine = Promise.withResolvers<void>()
    this.#turn = this.#turn.then(() => mine.promise)
    this.#queuedBytes += bytes
    let left = bytes
    return {
      [Symbol.dispose]: () => {
        this.#queuedBytes -= left
        left = 0
        mine.resolve()
      },
    }
  }

  /** How long a body takes that joins the queue now. */
  waitMs(bytes: number): number {
    return this.msFor(this.#queuedBytes + bytes)
  }
}

/** Both ways of the line of a box. */
export class LinePace {
  readonly up: Pace
  readonly down: Pace
  readonly yielding: Yielding

  constructor(clock: Clock) {
    this.yielding = new Yielding(clock)
    this.up = new Pace(clock, this.yielding)
    this.down = new Pace(clock)
  }
}
