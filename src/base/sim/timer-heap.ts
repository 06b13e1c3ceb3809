export interface Timer {
  readonly at: number
  /** Order of making: the order of firing among equal times. */
  readonly number: number
  fire: (() => void) | undefined
}

function earlier(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number)
}

/** A binary heap of timers; cancelled ones (`fire` is undefined) stay until they surface or are half of all. */
export class TimerHeap {
  #timers: Timer[] = []
  #cancelled = 0

  get pending(): number {
    return this.#timers.length - this.#cancelled
  }

  push(timer: Timer): void {
    this.#timers.push(timer)
    this.#rise(this.#timers.length - 1)
  }

  cancel(timer: Timer): void {
    if (timer.fire === undefined) return
    timer.fire = undefined
    this.#cancelled++
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#timers.length) this.#compact()
  }

  /** The earliest live timer, left in place. */
  peek(): Timer | undefined {
    for (let first = this.#timers[0]; first; first = this.#timers[0]) {
      if (first.fire !== undefined) return first
      this.#cancelled--
      this.#removeFirst()
    }
    return undefined
  }

  pop(): Timer | undefined {
    const first = this.peek()
    if (first !== undefined) this.#removeFirst()
    return first
  }

  #removeFirst(): void {
    const last = this.#timers.pop()
    if (last === undefined || this.#timers.length === 0) return
    this.#timers[0] = last
    this.#sink(0)
  }

  #compact(): void {
    this.#timers = this.#timers.filter((timer) => timer.fire !== undefined)
    this.#cancelled = 0
    for (let place = (this.#timers.length >> 1) - 1; place >= 0; place--) this.#sink(place)
  }

  #rise(from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#swapIfEarlier(place, parent)) return
      place = parent
    }
  }

  #sink(from: number): void {
    let place = from
    for (;;) {
      const left = 2 * place + 1
      const right = left + 1
      const [a, b] = [this.#timers[left], this.#timers[right]]
      const child = a && b && earlier(b, a) ? right : left
      if (!this.#swapIfEarlier(child, place)) return
      place = child
    }
  }

  #swapIfEarlier(lower: number, upper: number): boolean {
    const [below, above] = [this.#timers[lower], this.#timers[upper]]
    if (below === undefined || above === undefined || !earlier(below, above)) return false
    this.#timers[lower] = above
    this.#timers[upper] = below
    return true
  }
}
