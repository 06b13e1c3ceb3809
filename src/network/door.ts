/** The accepting side of a transport: handshakes under a deadline, then live sessions with their limits. */
import type { Duplex } from 'node:stream'
import { type Clock, codeOf, DatisError, type Listener, type Log } from '#base'
import { isStillAdmitted } from './admission.ts'
import {
  CLOSE_TIMEOUT_MS,
  HANDSHAKE_TIMEOUT_MS,
  HANDSHAKES_MAX,
  SESSIONS_A_BOX_MAX,
  SESSIONS_AN_ORGANISATION_MAX,
} from './limits.ts'
import type { Admission, PeerIdentity, PeerListener } from './types.ts'
import { within } from './waits.ts'

/** A connection whose other end was admitted. */
export interface LiveSession {
  readonly peer: PeerIdentity
  readonly closed: Promise<void>
  destroy(): void
}

export interface DoorOptions {
  readonly clock: Clock
  readonly log: Log
  readonly admission: Admission
  /** Handlers at work, awaited at the end. */
  readonly running: ReadonlySet<Promise<void>>
  /**
   * The handshake and the admission; destroys nothing when it throws, the door does. Null when a joiner came, who is
   * served apart and may not stay.
   */
  readonly establish: (raw: Duplex, from: string, signal: AbortSignal) => Promise<LiveSession | null>
}

export class Door {
  readonly #options: DoorOptions
  /** In the order they came. */
  readonly #live = new Set<LiveSession>()
  readonly #closing = new AbortController()
  #handshakes = 0
  #checks = 0

  constructor(options: DoorOptions) {
    this.#options = options
  }

  accept(raw: Duplex, from: string): void {
    const { log } = this.#options
    // Kept for the connection's life: an error event without a listener would stop the process.
    raw.on('error', (error) => log.debug('peer.connection.error', { cause: codeOf(error) }))
    if (this.#closing.signal.aborted || this.#handshakes >= HANDSHAKES_MAX) {
      raw.destroy()
      return
    }
    this.#handshakes++
    this.#admit(raw, from)
      .catch((error: unknown) => {
        const reason = error instanceof DatisError ? (error.details.reason ?? error.code) : codeOf(error)
        log.debug('peer.refused', { reason })
        raw.destroy()
      })
      .finally(() => {
        this.#handshakes--
      })
  }

  /** Aborts when the box stops listening. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  listener(listener: Listener): PeerListener {
    return {
      address: listener.address,
      recheck: () => this.#recheck(),
      [Symbol.asyncDispose]: async () => {
        await listener[Symbol.asyncDispose]()
        await this.#close()
      },
    }
  }

  async #admit(raw: Duplex, from: string): Promise<void> {
    const { clock, establish, admission } = this.#options
    const checks = this.#checks
    const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
    const session = await within(clock, limit, this.#closing.signal, (signal) => establish(raw, from, signal))
    if (session === null) return
    // The charter may have changed between the admission and this line.
    if (this.#closing.signal.aborted || (checks !== this.#checks && !isStillAdmitted(session.peer, admission))) {
      return session.destroy()
    }
    this.#add(session)
  }

  #add(session: LiveSession): void {
    const { box, organisation } = session.peer
    this.#makeRoom(SESSIONS_A_BOX_MAX, (peer) => peer.box === box && peer.organisation === organisation)
    this.#makeRoom(SESSIONS_AN_ORGANISATION_MAX, (peer) => peer.organisation === organisation)
    this.#live.add(session)
    void session.closed.then(() => this.#live.delete(session))
    this.#options.log.debug('peer.admitted', { peer: box, sessions: this.#live.size })
  }

  #makeRoom(max: number, counts: (peer: PeerIdentity) => boolean): void {
    const same = [...this.#live].filter(({ peer }) => counts(peer))
    for (const oldest of same.slice(0, Math.max(0, same.length + 1 - max))) this.#cut(oldest)
  }

  #cut(session: LiveSession): void {
    this.#live.delete(session)
    session.destroy()
  }

  #recheck(): void {
    this.#checks++
    for (const session of [...this.#live]) {
      if (isStillAdmitted(session.peer, this.#options.admission)) continue
      this.#options.log.debug('peer.removed', { peer: session.peer.box })
      this.#cut(session)
    }
  }

  async #close(): Promise<void> {
    const { clock, running, log } = this.#options
    this.#closing.abort(new DatisError('LISTENER_CLOSED', 'This box stops listening.'))
    const live = [...this.#live]
    for (const session of live) this.#cut(session)
    const ended = Promise.all([...running, ...live.map(({ closed }) => closed)])
    try {
      await within(clock, { ms: CLOSE_TIMEOUT_MS, what: 'close' }, new AbortController().signal, () => ended)
    } catch (error) {
      // A handler that ignores its signal does not keep the box from stopping.
      log.warn('peer.close.slow', { code: codeOf(error), handlers: running.size })
    }
  }
}
