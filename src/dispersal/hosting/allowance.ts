import { type Clock, DAY_MS } from '#base'

/** A bucket that holds a day's worth and fills evenly: how much of something an owner may do a day. */
export class Allowance {
  readonly #clock: Clock
  readonly #daily: number
  #left: number
  #at: number

  constructor(clock: Clock, daily: number) {
    this.#clock = clock
    this.#daily = daily
    this.#left = daily
    this.#at = clock.monotonic()
  }

  /** Whole units; what it takes to fill the next one is not lost. */
  get left(): number {
    const unitMs = DAY_MS / this.#daily
    const refilled = Math.floor((this.#clock.monotonic() - this.#at) / unitMs)
    this.#left = Math.min(this.#daily, this.#left + refilled)
    this.#at += refilled * unitMs
    return this.#left
  }

  /** False, and nothing spent, when there is not enough. */
  spend(amount: number): boolean {
    if (amount > this.left) return false
    this.#left -= amount
    return true
  }
}
