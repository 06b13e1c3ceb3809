import { assert } from '../errors.ts'
import type { Clock, Deadline } from '../ports.ts'
import { timeoutError } from '../real-clock.ts'
import { type Timer, TimerHeap } from './timer-heap.ts'

/** A clock of virtual time: time passes only inside `run`, from one timer to the next. */
export interface SimClock extends MachineClock {
  /** Runs all that happens until the virtual time `untilMs` (as `monotonic` counts). */
  run(untilMs: number): Promise<void>
  /**
   * Runs until the promise settles and gives its result. Throws when nothing is left that could settle it, or when
   * `limitMs` of virtual time have passed.
   */
  run<Result>(until: Promise<Result>, limitMs?: number): Promise<Result>
  /** `run(monotonic() + ms)`. */
  runFor(ms: number): Promise<void>
  readonly pendingTimers: number
  /** Timers that have fired so far. */
  readonly events: number
  /** The same virtual time as one machine sees it: its own wall clock, and timers that end with the machine. */
  machine(options?: { wallOffsetMs?: number }): MachineClock
}

export interface MachineClock extends Clock {
  /** Runs `act` after `ms`; the answer cancels it. Cheaper than `sleep`, for the fakes themselves. */
  schedule(ms: number, act: () => void): () => void
  /** The machine's clock is set, or jumps: `wall` differs by this much from the simulation's. */
  setWallOffset(ms: number): void
  /** The machine is killed: none of its timers ever fires, what waits on them waits for ever. */
  stop(): void
}

/** Turns of the event loop after which a promise that no timer can settle is given up. */
const STUCK_TURNS_MAX = 2000

export function simClock(options: { startWallMs: number }): SimClock {
  return new WholeClock(new VirtualTime(), options.startWallMs, 0)
}

class VirtualTime {
  readonly heap = new TimerHeap()
  now = 0
  events = 0
  #made = 0
  #running = false

  add(ms: number, fire: () => void): Timer {
    assert(!Number.isNaN(ms), 'a wait is a number')
    const timer: Timer = { at: this.now + Math.max(0, ms), number: this.#made++, fire }
    this.heap.push(timer)
    return timer
  }

  runTo(untilMs: number): Promise<undefined> {
    return this.#exclusively(async () => {
      await drain()
      while (this.#fireNext(untilMs)) await drain()
      this.now = Math.max(this.now, untilMs)
      return undefined
    })
  }

  runUntil<Result>(until: Promise<Result>, limitMs: number): Promise<Result> {
    return this.#exclusively(async () => {
      let settled = false
      const settle = () => {
        settled = true
      }
      until.then(settle, settle)
      const endMs = this.now + limitMs
      await drain()
      while (!settled) await this.#step(endMs)
      return until
    })
  }

  async #step(endMs: number): Promise<void> {
    if (this.#fireNext(endMs)) return drain()
    const next = this.heap.peek()
    if (next !== undefined) throw new Error(`virtual time has run out at ${endMs} ms`)
    // Nothing waits for time; a stream or a thread may still be moving.
    for (let turn = 0; turn < STUCK_TURNS_MAX; turn++) {
      await drain()
      if (this.heap.pending > 0) return
    }
    throw new Error(`the simulation is stuck at ${this.now} ms: no timer is pending`)
  }

  #fireNext(untilMs: number): boolean {
    const next = this.heap.peek()
    if (next === undefined || next.at > untilMs) return false
    this.heap.pop()
    this.now = next.at
    this.events++
    const { fire } = next
    next.fire = undefined
    fire?.()
    return true
  }

  async #exclusively<Result>(act: () => Promise<Result>): Promise<Result> {
    assert(!this.#running, 'one run of a virtual clock at a time')
    this.#running = true
    try {
      return await act()
    } finally {
      this.#running = false
    }
  }
}

/** All microtasks and nextTicks have run when an immediate does. */
function drain(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

class VirtualClock implements MachineClock {
  protected readonly time: VirtualTime
  protected readonly startWallMs: number
  #wallOffsetMs: number
  /** Live timers of this machine, to be cancelled at once when it stops. */
  readonly #timers = new Set<Timer>()
  #stopped = false

  constructor(time: VirtualTime, startWallMs: number, wallOffsetMs: number) {
    this.time = time
    this.startWallMs = startWallMs
    this.#wallOffsetMs = wallOffsetMs
  }

  monotonic(): number {
    return this.time.now
  }

  wall(): number {
    return Math.floor(this.startWallMs + this.time.now + this.#wallOffsetMs)
  }

  setWallOffset(ms: number): void {
    this.#wallOffsetMs = ms
  }

  schedule(ms: number, act: () => void): () => void {
    if (this.#stopped) return () => undefined
    const timer = this.time.add(ms, () => {
      this.#timers.delete(timer)
      act()
    })
    this.#timers.add(timer)
    return () => {
      if (this.#timers.delete(timer)) this.time.heap.cancel(timer)
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const cancel = this.schedule(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      const onAbort = () => {
        cancel()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  deadline(ms: number): Deadline {
    const controller = new AbortController()
    const cancel = this.schedule(ms, () => controller.abort(timeoutError()))
    return { signal: controller.signal, [Symbol.dispose]: cancel }
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) this.time.heap.cancel(timer)
    this.#timers.clear()
  }
}

class WholeClock extends VirtualClock implements SimClock {
  get pendingTimers(): number {
    return this.time.heap.pending
  }

  get events(): number {
    return this.time.events
  }

  run(untilMs: number): Promise<void>
  run<Result>(until: Promise<Result>, limitMs?: number): Promise<Result>
  run<Result>(until: number | Promise<Result>, limitMs = Number.POSITIVE_INFINITY): Promise<Result | undefined> {
    return typeof until === 'number' ? this.time.runTo(until) : this.time.runUntil(until, limitMs)
  }

  async runFor(ms: number): Promise<void> {
    await this.time.runTo(this.time.now + ms)
  }

  machine({ wallOffsetMs = 0 }: { wallOffsetMs?: number } = {}): MachineClock {
    return new VirtualClock(this.time, this.startWallMs, wallOffsetMs)
  }
}
