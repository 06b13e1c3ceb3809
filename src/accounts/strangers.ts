/** Those who come to one account from places that it does not know: a few at once, then one after the other. */
import { MINUTE_MS } from '#base'

/** Who stays away for so long after the time that it was told is waited for no more. */
const LATE_MS = MINUTE_MS
const TOLD_MS_MAX = MINUTE_MS
const WAITING_MAX = 500

export interface Pace {
  readonly atOnce: number
  /** One more in each of these. */
  readonly everyMs: number
}

export interface Stranger {
  readonly failures: number
  /** Monotonic: when it came first. */
  readonly since: number
}

export class Strangers {
  readonly #pace: Pace
  /** Turns that are left; broken while one comes back. */
  #left: number
  /** Monotonic: of `left`. */
  #at: number
  /** Until when each is waited for, monotonic. */
  readonly #waiting = new Map<Stranger, number>()

  constructor(pace: Pace, now: number) {
    this.#pace = pace
    this.#left = pace.atOnce
    this.#at = now
  }

  /**
   * Milliseconds until it may ask again; 0: it has its turn. Who has failed least goes first, and of these who came
   * last: those who guess are there already, so that whoever comes anew waits for none of them.
   */
  take(one: Stranger, now: number): number {
    this.#refill(now)
    const missing = this.#before(one) + 1 - this.#left
    if (missing <= 0) {
      this.#waiting.delete(one)
      this.#left--
      return 0
    }
    const waitMs = Math.min(Math.ceil(missing * this.#pace.everyMs), TOLD_MS_MAX)
    this.#waiting.set(one, now + waitMs + LATE_MS)
    if (this.#waiting.size > WAITING_MAX) this.#forgetFirst()
    return waitMs
  }

  /** Whether it is as if nobody had come. */
  isIdle(now: number): boolean {
    this.#refill(now)
    return this.#waiting.size === 0 && this.#left >= this.#pace.atOnce
  }

  #refill(now: number): void {
    this.#left = Math.min(this.#pace.atOnce, this.#left + (now - this.#at) / this.#pace.everyMs)
    this.#at = now
    for (const [one, until] of this.#waiting) if (until <= now) this.#waiting.delete(one)
  }

  #forgetFirst(): void {
    for (const one of this.#waiting.keys()) return void this.#waiting.delete(one)
  }

  #before({ failures, since }: Stranger): number {
    let before = 0
    for (const other of this.#waiting.keys()) {
      if (other.failures < failures || (other.failures === failures && other.since > since)) before++
    }
    return before
  }
}
