/** The asking end of a session of the in-memory transport. */
import type { Duplex } from 'node:stream'
import { ByteBudget, type Clock, DatisError } from '#base'
import {
  ERROR_BODY_BYTES_MAX,
  EXCHANGE_TIMEOUT_MS,
  PING_EVERY_MS,
  PINGS_MISSED_MAX,
  RESPONSE_BYTES_MAX,
  STREAMS_MAX,
} from './limits.ts'
import { type Frame, writeFrame } from './memory-frames.ts'
import type { MemoryFrames, MemoryHeader } from './memory-handshake.ts'
import { errorFromResponse } from './peer-error.ts'
import { answerTooLarge, checkCall, disconnected, isSuccess } from './requests.ts'
import type { PeerCall, PeerIdentity, PeerResponse, PeerSession } from './types.ts'
import { every, within } from './waits.ts'

interface Pending {
  readonly bodyBytesMax: number
  readonly resolve: (response: PeerResponse) => void
  readonly reject: (error: unknown) => void
}

export class MemoryPeerSession implements PeerSession {
  readonly peer: PeerIdentity
  readonly closed: Promise<void>
  readonly #clock: Clock
  readonly #duplex: Duplex
  readonly #pending = new Map<number, Pending>()
  readonly #places = new ByteBudget(STREAMS_MAX)
  #nextId = 0
  #unanswered = 0
  #pings: Disposable | undefined
  #ended = false

  constructor(clock: Clock, { duplex, peer, frames }: { duplex: Duplex; peer: PeerIdentity; frames: MemoryFrames }) {
    this.#clock = clock
    this.#duplex = duplex
    this.peer = peer
    this.closed = this.#run(frames)
  }

  /** How long the body of a frame may be; asked before it is read. */
  bodyBytesMax(header: MemoryHeader): number {
    if (header.type !== 'response') return 0
    if (!isSuccess(header.status)) return ERROR_BODY_BYTES_MAX
    return this.#pending.get(header.id)?.bodyBytesMax ?? 0
  }

  async request(call: PeerCall, signal: AbortSignal): Promise<PeerResponse> {
    checkCall(call)
    using _place = await this.#places.take(1, signal)
    if (this.#ended) throw disconnected(this.peer)
    const id = this.#nextId++
    try {
      const limit = { ms: EXCHANGE_TIMEOUT_MS, what: 'answer' }
      const response = await within(this.#clock, limit, signal, () => this.#exchange(id, call))
      if (!isSuccess(response.status)) throw errorFromResponse(response, this.peer)
      return response
    } finally {
      // Still there when the caller gave up: the peer may stop working on it.
      if (this.#pending.delete(id)) void writeFrame(this.#duplex, { type: 'cancel', id }, undefined)
      this.#pingWhileAsking()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#duplex.destroy()
    await this.closed
  }

  #exchange(id: number, { method, path, body, bodyBytesMax }: PeerCall): Promise<PeerResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<PeerResponse>()
    this.#pending.set(id, { bodyBytesMax: bodyBytesMax ?? RESPONSE_BYTES_MAX, resolve, reject })
    this.#pingWhileAsking()
    void writeFrame(this.#duplex, { type: 'request', id, method, path }, body)
    return promise
  }

  async #run(frames: MemoryFrames): Promise<void> {
    let cause: unknown
    try {
      for await (const frame of frames) this.#receive(frame)
    } catch (error) {
      cause = error
    }
    this.#ended = true
    this.#duplex.destroy()
    for (const { reject } of this.#pending.values()) reject(disconnected(this.peer, cause))
    this.#pending.clear()
    this.#pingWhileAsking()
  }

  #receive({ header, body }: Frame<MemoryHeader>): void {
    if (header.type === 'pong') {
      this.#unanswered = 0
      return
    }
    if (header.type !== 'response') throw new DatisError('FORMAT_FRAME', 'A peer sent a frame out of turn.')
    const pending = this.#pending.get(header.id)
    // The answer to a request that was cancelled meanwhile.
    if (pending === undefined) return
    this.#pending.delete(header.id)
    if (body === null) pending.reject(answerTooLarge(this.peer, pending.bodyBytesMax))
    else pending.resolve({ status: header.status, body })
  }

  /** Only while something is asked: a simulated month of idle sessions would be nothing but pings. */
  #pingWhileAsking(): void {
    if (this.#pending.size === 0) {
      this.#pings?.[Symbol.dispose]()
      this.#pings = undefined
      return
    }
    // What was missed still counts: callers give up sooner than the pings do, and a silent session would live for ever.
    if (this.#pings !== undefined) return
    this.#pings = every(this.#clock, PING_EVERY_MS, () => {
      if (this.#unanswered++ >= PINGS_MISSED_MAX) this.#duplex.destroy()
      else void writeFrame(this.#duplex, { type: 'ping' }, undefined)
    })
  }
}
