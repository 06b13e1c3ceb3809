/**
 * Keeps a session open to each peer on which the peer asks: so a box that nobody can dial hosts all the same. Off until
 * it is told that this box cannot be reached.
 */
import { type Clock, codeOf, type Log, type Random, SECOND_MS } from '#base'
import { parseAddress } from './address.ts'
import { isStillAdmitted } from './admission.ts'
import { ADDRESSES_A_PEER_MAX, BACK_OFF_MAX_MS, BACK_OFF_MIN_MS } from './session-pool.ts'
import type { Admission, LentSession, LocalIdentity, ServeOptions, Transport } from './types.ts'

/** How soon a session that ended, or a peer that is new, is seen to. */
const LOOK_EVERY_MS = 5 * SECOND_MS

export interface LenderDeps {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface LenderOptions extends ServeOptions {
  readonly identity: () => LocalIdentity
  readonly admission: Admission
  /** Boxes that may ask us, while nobody can dial us; none else. */
  readonly peers: () => readonly { readonly box: string; readonly addresses: readonly string[] }[]
}

interface Borrower {
  session: LentSession | null
  /** Ours, under which the session was opened. */
  certificate: Uint8Array | null
  dialling: boolean
  failures: number
  /** Monotonic. */
  quietUntil: number
}

export class SessionLender {
  readonly #deps: LenderDeps
  readonly #options: LenderOptions
  readonly #borrowers = new Map<string, Borrower>()

  constructor(deps: LenderDeps, options: LenderOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Boxes that a session is lent to now. */
  get lentTo(): string[] {
    return [...this.#borrowers].filter(([, { session }]) => session !== null).map(([box]) => box)
  }

  /** Until the signal aborts; all sessions end with it. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        this.#look(signal)
        await this.#deps.clock.sleep(LOOK_EVERY_MS, signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      await Promise.all([...this.#borrowers.values()].map((one) => this.#end(one)))
    }
  }

  /** After a change of the charter: ends the sessions that the admission would refuse now. */
  recheck(): void {
    for (const one of this.#borrowers.values()) {
      if (one.session !== null && !isStillAdmitted(one.session.peer, this.#options.admission)) void this.#end(one)
    }
  }

  #look(signal: AbortSignal): void {
    const peers = this.#options.peers()
    const wanted = new Set(peers.map(({ box }) => box))
    const { certificate } = this.#options.identity()
    for (const [box, one] of this.#borrowers) {
      if (!wanted.has(box) || (one.session !== null && one.certificate !== certificate)) void this.#end(one)
      if (!wanted.has(box)) this.#borrowers.delete(box)
    }
    for (const { box, addresses } of peers) {
      const one = this.#borrowerOf(box)
      const waits = this.#deps.clock.monotonic() < one.quietUntil
      if (one.session === null && !one.dialling && !waits) void this.#lend(box, addresses, one, signal)
    }
  }

  #borrowerOf(box: string): Borrower {
    const known = this.#borrowers.get(box)
    if (known !== undefined) return known
    const one: Borrower = { session: null, certificate: null, dialling: false, failures: 0, quietUntil: 0 }
    this.#borrowers.set(box, one)
    return one
  }

  async #lend(box: string, addresses: readonly string[], one: Borrower, signal: AbortSignal): Promise<void> {
    one.dialling = true
    try {
      const { certificate } = this.#options.identity()
      const session = await this.#dialInTurn(box, addresses, signal)
      // It may have left, or we may be reachable again, while it was dialled.
      if (signal.aborted || this.#borrowers.get(box) !== one) return await session[Symbol.asyncDispose]()
      Object.assign(one, { session, certificate, failures: 0 })
      void session.closed.then(() => {
        if (one.session === session) one.session = null
      })
    } catch (error) {
      this.#remember(box, one, error)
    } finally {
      one.dialling = false
    }
  }

  #remember(box: string, one: Borrower, error: unknown): void {
    const { clock, random, log } = this.#deps
    log.debug('peer.lend.failed', { peer: box, code: codeOf(error) })
    const full = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS * 2 ** Math.min(one.failures, 10))
    one.failures++
    one.quietUntil = clock.monotonic() + full / 2 + random.below(full / 2 + 1)
  }

  async #dialInTurn(box: string, addresses: readonly string[], signal: AbortSignal): Promise<LentSession> {
    const { identity, admission, handler, bodyBytesMax } = this.#options
    let last: unknown
    for (const address of addresses.slice(0, ADDRESSES_A_PEER_MAX)) {
      try {
        const options = { identity: identity(), admission, handler, bodyBytesMax, signal }
        const session = await this.#deps.transport.lend(parseAddress(address), options)
        if (session.peer.box === box) return session
        await session[Symbol.asyncDispose]()
      } catch (error) {
        signal.throwIfAborted()
        last = error
      }
    }
    throw last ?? new Error('another box answers')
  }

  async #end(one: Borrower): Promise<void> {
    const { session } = one
    one.session = null
    try {
      await session?.[Symbol.asyncDispose]()
    } catch (error) {
      this.#deps.log.debug('peer.session.error', { cause: codeOf(error) })
    }
  }
}
