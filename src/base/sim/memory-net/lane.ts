import { systemError } from '../../system-error.ts'
import type { SimRandom } from '../sim-random.ts'
import { type LinkOptions, RETRANSMIT_MS, UNACKNOWLEDGED_MS_MAX, WINDOW_BYTES } from './link.ts'
import type { SimSocket } from './socket.ts'

interface Segment {
  readonly at: number
  /** Bytes, the end of the stream, or the end of the connection. */
  readonly what: Uint8Array | 'end' | 'reset'
}

/** What a lane needs of its net. */
export interface LaneWorld {
  now(): number
  schedule(ms: number, act: () => void): () => void
  readonly random: SimRandom
  link(from: string, to: string): LinkOptions
  /** Whether bytes arrive at all: no partition, the receiving machine is on. */
  passes(from: string, to: string): boolean
}

/** One direction of a connection: a queue of segments, each with the time at which it arrives. */
export class Lane {
  readonly from: string
  readonly to: string
  readonly #world: LaneWorld
  readonly #sender: SimSocket
  readonly #receiver: () => SimSocket
  #segments: Segment[] = []
  #bytesUnread = 0
  #sentAt = 0
  #arrivesAt = 0
  #stalled = false
  #cancelTimer: (() => void) | undefined
  #cancelTimeout: (() => void) | undefined
  #onRoom: (() => void) | undefined

  constructor(world: LaneWorld, from: string, to: string, ends: { sender: SimSocket; receiver: () => SimSocket }) {
    this.#world = world
    this.from = from
    this.to = to
    this.#sender = ends.sender
    this.#receiver = ends.receiver
  }

  /** `onRoom` is called once the writer may write again: now, unless too much is on the way. */
  send(what: Segment['what'], onRoom?: () => void): void {
    const { latencyMs, jitterMs, bytesPerSecond, stallChance } = this.#world.link(this.from, this.to)
    const bytes = typeof what === 'string' ? 0 : what.byteLength
    if (stallChance > 0 && this.#world.random.chance(stallChance)) this.#stalled = true
    this.#sentAt = Math.max(this.#sentAt, this.#world.now()) + (bytes * 1000) / bytesPerSecond
    const jitter = jitterMs > 0 ? this.#world.random.fraction() * jitterMs : 0
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#sentAt + latencyMs + jitter)
    this.#segments.push({ at: this.#arrivesAt, what })
    this.#bytesUnread += bytes
    if (onRoom !== undefined) this.#onRoom = onRoom
    this.#makeRoom()
    this.arm()
  }

  /** The receiver reads again, or the path is open again. */
  arm(afterMs = 0): void {
    const first = this.#segments[0]
    if (first === undefined || this.#stalled || this.#cancelTimer !== undefined) return
    const waitMs = Math.max(first.at - this.#world.now(), afterMs)
    this.#cancelTimer = this.#world.schedule(waitMs, () => {
      this.#cancelTimer = undefined
      this.#arrive()
    })
  }

  /** A partition has ended or a machine is back: what was not acknowledged is sent again. */
  retransmit(): void {
    this.arm(this.#world.random.fraction() * RETRANSMIT_MS)
  }

  /** The sender is gone for ever, and with it what only it would send again. */
  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#cancelTimeout?.()
    this.#cancelTimeout = undefined
    this.#segments = []
  }

  #arrive(): void {
    if (!this.#world.passes(this.from, this.to)) {
      this.#cancelTimeout ??= this.#world.schedule(UNACKNOWLEDGED_MS_MAX, () => this.#giveUp())
      return
    }
    this.#cancelTimeout?.()
    this.#cancelTimeout = undefined
    const receiver = this.#receiver()
    if (this.#segments.some(({ at, what }) => what === 'reset' && at <= this.#world.now())) {
      // A reset overtakes what was not read yet.
      this.stop()
      receiver.onReset()
      return
    }
    for (let first = this.#segments[0]; first; first = this.#segments[0]) {
      if (first.at > this.#world.now()) break
      if (typeof first.what !== 'string' && !receiver.wantsBytes) return
      this.#segments.shift()
      this.#deliver(receiver, first.what)
    }
    this.arm()
  }

  #deliver(receiver: SimSocket, what: Segment['what']): void {
    if (typeof what === 'string') {
      receiver.onEnd()
      return
    }
    this.#bytesUnread -= what.byteLength
    receiver.onBytes(what)
    this.#makeRoom()
  }

  #makeRoom(): void {
    if (this.#bytesUnread >= WINDOW_BYTES) return
    const onRoom = this.#onRoom
    this.#onRoom = undefined
    onRoom?.()
  }

  #giveUp(): void {
    this.stop()
    this.#sender.fail(systemError('ETIMEDOUT', 'write'))
  }
}
