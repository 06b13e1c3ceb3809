/** Sessions to peers, opened when asked for and kept while they live. */
import { type Clock, codeOf, DatisError, type Log, type Random, SECOND_MS, silentLog } from '#base'
import { formatAddress, parseAddress } from './address.ts'
import { isStillAdmitted } from './admission.ts'
import type { Admission, LocalIdentity, PeerCall, PeerResponse, PeerSession, Transport } from './types.ts'
import { abortable } from './waits.ts'

/** More gain nothing measurable on one line; two hide a lost packet of either. */
export const CONNECTIONS_A_PEER_MAX = 2
export const ADDRESSES_A_PEER_MAX = 8
/** After a power cut of the peer those from before hang until their pings are missed. */
export const LENT_A_PEER_MAX = 3
/** Pings can still be answered where every request is reset; a new connection may be better, and costs little. */
export const RESETS_IN_A_ROW_MAX = 3
export const BACK_OFF_MIN_MS = 1 * SECOND_MS
export const BACK_OFF_MAX_MS = 60 * SECOND_MS

export interface SessionPoolDeps {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly log?: Log
}

export interface SessionPoolOptions {
  readonly identity: () => LocalIdentity
  readonly admission: Admission
}

interface Pooled {
  readonly session: PeerSession
  /** Ours, under which the peer knows the session. */
  readonly certificate: Uint8Array
  /** The peer opened it, since nobody can dial it. */
  readonly lent: boolean
  inFlight: number
  /** Requests that the peer reset since the last that it did not. */
  resets: number
}

interface Peer {
  readonly live: Set<Pooled>
  dialling: Promise<Pooled> | undefined
  turn: number
  failures: number
  /** Until then (monotonic) the addresses that failed are not tried again. */
  quietUntil: number
  failedAddresses: string
  lastCause: string
}

export class SessionPool implements AsyncDisposable {
  readonly #deps: Required<SessionPoolDeps>
  readonly #options: SessionPoolOptions
  readonly #peers = new Map<string, Peer>()
  readonly #closing = new AbortController()

  constructor(deps: SessionPoolDeps, options: SessionPoolOptions) {
    this.#deps = { log: silentLog, ...deps }
    this.#options = options
  }

  /**
   * A session to a box: a live one, or a new one to the first of its addresses where it answers. The pool keeps it:
   * callers ask on it and leave it open. PEER_UNREACHABLE {box, cause}, PEER_WRONG_BOX {box, answered, address}
   */
  async to(box: string, addresses: readonly string[], signal: AbortSignal): Promise<PeerSession> {
    signal.throwIfAborted()
    this.#closing.signal.throwIfAborted()
    const peer = this.#peerOf(box)
    const live = this.#current(peer)
    if (live.length === 0) {
      const pooled = await abortable(peer.dialling ?? this.#dial(box, peer, addresses), signal)
      return this.#counted(pooled)
    }
    const busy = live.every(({ inFlight }) => inFlight > 0)
    // Who lends sessions cannot be dialled.
    const dialled = live.every(({ lent }) => !lent)
    if (busy && dialled && live.length < CONNECTIONS_A_PEER_MAX && peer.dialling === undefined)
      this.#dialAlso(box, peer, addresses)
    return this.#counted(live[peer.turn++ % live.length] as Pooled)
  }

  /** Takes a session that a peer opened to be asked on. */
  adopt(session: PeerSession): void {
    const peer = this.#peerOf(session.peer.box)
    const lent = [...peer.live].filter((one) => one.lent)
    for (const oldest of lent.slice(0, Math.max(0, lent.length + 1 - LENT_A_PEER_MAX))) this.#drop(peer.live, oldest)
    this.#keep(peer, session, { certificate: this.#options.identity().certificate, lent: true })
  }

  /** A peer that did not answer is dialled at once when it is asked next: somebody waits to see whether it does now. */
  dialAgain(box: string): void {
    const peer = this.#peers.get(box)
    if (peer !== undefined) peer.quietUntil = 0
  }

  /** Whether a box is asked on sessions that it opened itself, and on no other. */
  isLent(box: string): boolean {
    const live = [...(this.#peers.get(box)?.live ?? [])]
    return live.length > 0 && live.every(({ lent }) => lent)
  }

  /** Without those from before the root gave us another certificate: peers refuse what is said on them. */
  #current({ live }: Peer): Pooled[] {
    const { certificate } = this.#options.identity()
    for (const pooled of [...live]) if (pooled.certificate !== certificate) this.#drop(live, pooled)
    return [...live]
  }

  #drop(live: Set<Pooled>, pooled: Pooled): void {
    // At once: nobody is to be given a session that is ending.
    live.delete(pooled)
    this.#close(pooled.session)
  }

  /** After a change of the charter: closes the sessions that the admission would refuse now. */
  recheck(): void {
    for (const { live } of this.#peers.values()) {
      for (const pooled of [...live]) {
        if (!isStillAdmitted(pooled.session.peer, this.#options.admission)) this.#drop(live, pooled)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new DatisError('SESSIONS_CLOSED', 'This box ends its sessions.'))
    const peers = [...this.#peers.values()]
    await Promise.allSettled(peers.map(({ dialling }) => dialling))
    await Promise.allSettled(
      peers.flatMap(({ live }) => [...live].map(({ session }) => session[Symbol.asyncDispose]())),
    )
  }

  #peerOf(box: string): Peer {
    const known = this.#peers.get(box)
    if (known !== undefined) return known
    const state = { failures: 0, quietUntil: 0, failedAddresses: '', lastCause: '' }
    const peer: Peer = { live: new Set(), dialling: undefined, turn: 0, ...state }
    this.#peers.set(box, peer)
    return peer
  }

  /** One dial at a time for a peer; whoever asks meanwhile shares its outcome. */
  #dial(box: string, peer: Peer, addresses: readonly string[]): Promise<Pooled> {
    const key = addresses.join(' ')
    const waitMs = peer.quietUntil - this.#deps.clock.monotonic()
    // New addresses deserve a try at once.
    if (waitMs > 0 && key === peer.failedAddresses) return Promise.reject(backingOff(box, peer, waitMs))
    const { certificate } = this.#options.identity()
    const dialling = this.#dialInTurn(box, addresses)
      .then(
        (session) => this.#keep(peer, session, { certificate, lent: false }),
        (error: unknown) => {
          this.#remember(peer, key, error)
          throw error
        },
      )
      .finally(() => {
        peer.dialling = undefined
      })
    peer.dialling = dialling
    return dialling
  }

  /** A second connection, in the background: the first serves meanwhile, and still does when this one fails. */
  #dialAlso(box: string, peer: Peer, addresses: readonly string[]): void {
    this.#dial(box, peer, addresses).catch((error: unknown) => {
      this.#deps.log.debug('peer.dial.second.failed', { peer: box, code: codeOf(error) })
    })
  }

  async #dialInTurn(box: string, addresses: readonly string[]): Promise<PeerSession> {
    let last: unknown = new DatisError('ADDRESS_NONE', 'A box has no address.', { box })
    for (const address of addresses.slice(0, ADDRESSES_A_PEER_MAX)) {
      try {
        return await this.#dialOne(box, address)
      } catch (error) {
        this.#closing.signal.throwIfAborted()
        this.#deps.log.debug('peer.dial.failed', { peer: box, address, code: codeOf(error) })
        // That somebody else answers says more than that nobody does.
        if (codeOf(last) !== 'PEER_WRONG_BOX') last = error
      }
    }
    if (last instanceof DatisError && last.code === 'PEER_WRONG_BOX') throw last
    throw unreachable(box, codeOf(last), {}, last)
  }

  async #dialOne(box: string, text: string): Promise<PeerSession> {
    const { identity, admission } = this.#options
    const address = parseAddress(text)
    const options = { identity: identity(), admission, signal: this.#closing.signal }
    const session = await this.#deps.transport.dial(address, options)
    if (session.peer.box === box) return session
    this.#close(session)
    throw new DatisError('PEER_WRONG_BOX', 'Another box answers at the address of a peer.', {
      box,
      answered: session.peer.box,
      address: formatAddress(address),
    })
  }

  #keep(peer: Peer, session: PeerSession, kind: Pick<Pooled, 'certificate' | 'lent'>): Pooled {
    const pooled: Pooled = { session, ...kind, inFlight: 0, resets: 0 }
    peer.live.add(pooled)
    peer.failures = 0
    peer.quietUntil = 0
    void session.closed.then(() => peer.live.delete(pooled))
    return pooled
  }

  #remember(peer: Peer, addresses: string, error: unknown): void {
    const { clock, random } = this.#deps
    const full = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS * 2 ** Math.min(peer.failures, 10))
    peer.failures++
    // Between half and all of it, so that boxes which lost one peer together do not come back together.
    peer.quietUntil = clock.monotonic() + full / 2 + random.below(full / 2 + 1)
    peer.failedAddresses = addresses
    peer.lastCause = error instanceof DatisError ? String(error.details.cause ?? error.code) : codeOf(error)
  }

  #counted(pooled: Pooled): PeerSession {
    const { session } = pooled
    const close = () => this.#close(session)
    return {
      peer: session.peer,
      closed: session.closed,
      ...(pooled.lent && { lent: true }),
      waitMs: (bytes, answerBytes) => session.waitMs?.(bytes, answerBytes) ?? 0,
      async request(call: PeerCall, signal: AbortSignal): Promise<PeerResponse> {
        pooled.inFlight++
        try {
          const response = await session.request(call, signal)
          pooled.resets = 0
          return response
        } catch (error) {
          pooled.resets = codeOf(error) === 'PEER_RESET' ? pooled.resets + 1 : 0
          if (pooled.resets >= RESETS_IN_A_ROW_MAX) close()
          throw error
        } finally {
          pooled.inFlight--
        }
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    }
  }

  #close(session: PeerSession): void {
    const onError = (error: unknown) =>
      this.#deps.log.debug('peer.session.error', { peer: session.peer.box, cause: codeOf(error) })
    void session[Symbol.asyncDispose]().then(undefined, onError)
  }
}

function unreachable(box: string, cause: string, more: Record<string, unknown>, error?: unknown): DatisError {
  const details = { box, cause, ...more }
  return new DatisError('PEER_UNREACHABLE', 'A peer answers at none of its addresses.', details, { cause: error })
}

function backingOff(box: string, peer: Peer, waitMs: number): DatisError {
  return unreachable(box, peer.lastCause, { retryAfterMs: Math.ceil(waitMs) })
}
