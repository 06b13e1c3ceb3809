/**
 * The transport of the simulation: plain frames over the (fake) Net, deterministic, with the same admission, limits and
 * errors as the real one. It hides nothing from the wire and its nonces are counted: never for real boxes.
 */
import type { Duplex } from 'node:stream'
import { type Address, assert, type Clock, codeOf, DatisError, type Log, type Net, silentLog, utf8 } from '#base'
import { sha256 } from '#crypto'
import { formatAddress } from './address.ts'
import type { LiveSession } from './door.ts'
import { HANDSHAKE_TIMEOUT_MS, STREAMS_MAX } from './limits.ts'
import { type Accepted, listenAt } from './listening.ts'
import { type Greeted, lookAt } from './look.ts'
import { type Frame, readFrames, writeFrame } from './memory-frames.ts'
import { type MemoryFrames, type MemoryHeader, memoryHandshake, memoryHeaderSchema } from './memory-handshake.ts'
import { MemoryPeerSession } from './memory-session.ts'
import { errorResponse } from './peer-error.ts'
import { answerOf, checkAnnounced, isMethod, isPath } from './requests.ts'
import type {
  Admission,
  DialOptions,
  LentSession,
  PeerIdentity,
  PeerResponse,
  PeerSession,
  ServeOptions,
  Transport,
} from './types.ts'
import { askAtDoor, doorClosed, finished, type PieceChannel, pieceTooLong, type Visit } from './visits.ts'
import { abortable, within } from './waits.ts'

export interface MemoryTransportDeps {
  readonly net: Net
  readonly clock: Clock
  readonly log?: Log
}

interface Deps {
  readonly clock: Clock
  readonly log: Log
  readonly nonce: (certificate: Uint8Array) => Uint8Array
}

export function memoryTransport({ net, clock, log = silentLog }: MemoryTransportDeps): Transport {
  let handshakes = 0
  const nonce = (certificate: Uint8Array) => sha256(certificate, utf8(String(handshakes++)))
  const deps: Deps = { clock, log, nonce }
  return {
    async listen(address, options) {
      return await listenAt({ net, clock, log }, address, options, (accepted, signal) => serve(deps, accepted, signal))
    },
    async dial(address, options) {
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      return await within(clock, limit, options.signal, async (signal) => {
        const raw = await net.dial(address, signal)
        return await ask(deps, { raw, address, options }, signal)
      })
    },
    async lend(address, options) {
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      return await within(clock, limit, options.signal, async (signal) => {
        const raw = await net.dial(address, signal)
        return await lendOn(deps, { raw, address, options }, signal)
      })
    },
    look(address, { identity, may, signal }) {
      const greet = async (raw: Duplex, inner: AbortSignal): Promise<Greeted> => {
        const options = { identity, admission: anybody, signal: inner }
        const { peer } = await meet(deps, { raw, address, options }, inner)
        return { outcome: 'box', box: peer.box, organisation: peer.organisation }
      }
      return lookAt({ net, clock, may, greet }, address, signal)
    },
    async visit(address, { identity, message, signal }) {
      const options = { identity, admission: anybody, signal }
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      const met = await within(clock, limit, signal, async (inner) => {
        const raw = await net.dial(address, inner)
        return await meet(deps, { raw, address, options, wish: 'visit' }, inner)
      })
      const channel = new FramePieces(met)
      try {
        return await askAtDoor(clock, { channel, message: message(met.binding), peer: met.peer }, signal)
      } finally {
        channel.destroy()
      }
    },
  }
}

const anybody: Admission = { roots: () => 'any', admit: () => true }

async function lendOn(
  deps: Deps,
  { raw, address, options }: { raw: Duplex; address: Address; options: DialOptions & ServeOptions },
  signal: AbortSignal,
): Promise<LentSession> {
  const { frames, peer, bounds } = await meet(deps, { raw, address, options, wish: 'lend' }, signal)
  bounds.bodyBytesMax = (header) => requestBytesMax(header, options)
  const running = new Set<Promise<void>>()
  const closed = new ServingSession(deps, { duplex: raw, peer, from: address.host, options, running }).run(frames)
  return {
    peer,
    closed,
    async [Symbol.asyncDispose]() {
      raw.destroy()
      await closed
      await Promise.all(running)
    },
  }
}

async function ask(
  deps: Deps,
  dialled: { raw: Duplex; address: Address; options: DialOptions },
  signal: AbortSignal,
): Promise<PeerSession> {
  const { frames, peer, bounds } = await meet(deps, dialled, signal)
  const session = new MemoryPeerSession(deps.clock, { duplex: dialled.raw, peer, frames })
  bounds.bodyBytesMax = (header) => session.bodyBytesMax(header)
  return session
}

/** How long the body of a frame may be, as whoever reads the frames now says. */
interface Bounds {
  bodyBytesMax: (header: MemoryHeader) => number
}

interface Met {
  readonly raw: Duplex
  readonly frames: MemoryFrames
  readonly bounds: Bounds
  readonly binding: Uint8Array
}

async function meet(
  { log, nonce }: Deps,
  { raw, address, options, wish }: { raw: Duplex; address: Address; options: DialOptions; wish?: 'visit' | 'lend' },
  signal: AbortSignal,
): Promise<Met & { readonly peer: PeerIdentity }> {
  raw.on('error', (error) => log.debug('peer.connection.error', { cause: codeOf(error) }))
  const { identity, admission } = options
  const bounds: Bounds = { bodyBytesMax: () => 0 }
  const frames = readFrames(raw, memoryHeaderSchema, (header) => bounds.bodyBytesMax(header))
  try {
    const own = { duplex: raw, frames, nonce: nonce(identity.certificate) }
    const hands = { side: 'dialler', identity, admission, visit: wish === 'visit', lend: wish === 'lend' } as const
    const { peer, binding } = await abortable(memoryHandshake(own, hands), signal)
    assert(peer !== null, 'a dialler meets a peer')
    return { raw, frames, bounds, peer, binding }
  } catch (cause) {
    raw.destroy()
    signal.throwIfAborted()
    if (cause instanceof DatisError && cause.code === 'PEER_STRANGER') throw cause
    const code = cause instanceof DatisError ? 'HANDSHAKE_FAILED' : 'PEER_REFUSED'
    const details = { address: formatAddress(address), cause: codeOf(cause) }
    throw new DatisError(code, 'A peer broke the handshake off.', details, { cause })
  }
}

async function serve(
  deps: Deps,
  { raw, from, options, running }: Accepted,
  signal: AbortSignal,
): Promise<LiveSession | { readonly visit: Visit }> {
  const identity = options.identity()
  const bounds: Bounds = { bodyBytesMax: (header) => requestBytesMax(header, options) }
  const frames = readFrames(raw, memoryHeaderSchema, (header) => bounds.bodyBytesMax(header))
  const own = { duplex: raw, frames, nonce: deps.nonce(identity.certificate) }
  const hands = {
    side: 'listener',
    identity,
    admission: options.admission,
    visit: options.visit !== undefined,
    lend: options.lent !== undefined,
  } as const
  const { peer, claims, binding, lent } = await abortable(memoryHandshake(own, hands), signal)
  if (peer === null) return { visit: { claims, binding, channel: new FramePieces({ raw, frames, bounds }) } }
  if (lent) {
    const asking = new MemoryPeerSession(deps.clock, { duplex: raw, peer, frames })
    bounds.bodyBytesMax = (header) => asking.bodyBytesMax(header)
    options.lent?.(asking)
    return { peer, closed: asking.closed, destroy: () => raw.destroy() }
  }
  const session = new ServingSession(deps, { duplex: raw, peer, from, options, running })
  return { peer, closed: session.run(frames), destroy: () => raw.destroy() }
}

/** The pieces of a visit as frames. */
class FramePieces implements PieceChannel {
  readonly #met: Omit<Met, 'binding'>

  constructor(met: Omit<Met, 'binding'>) {
    this.#met = met
  }

  async read(bytesMax: number): Promise<Uint8Array> {
    const { frames, bounds } = this.#met
    bounds.bodyBytesMax = (header) => (header.type === 'piece' ? bytesMax : 0)
    const { value: frame } = await frames.next()
    if (frame === undefined) throw doorClosed()
    if (frame.header.type !== 'piece') throw new DatisError('FORMAT_FRAME', 'A peer sent a frame out of turn.')
    return frame.body ?? tooLong()
  }

  async write(piece: Uint8Array): Promise<void> {
    if (this.#met.raw.destroyed) throw doorClosed()
    await writeFrame(this.#met.raw, { type: 'piece' }, piece)
  }

  async finish(clock: Clock): Promise<void> {
    const { raw, frames, bounds } = this.#met
    bounds.bodyBytesMax = () => 0
    raw.end()
    await finished(clock, raw, frames)
  }

  destroy(): void {
    this.#met.raw.destroy()
  }
}

function tooLong(): never {
  throw pieceTooLong()
}

function requestBytesMax(header: MemoryHeader, { bodyBytesMax }: ServeOptions): number {
  if (header.type !== 'request' || !isMethod(header.method) || !isPath(header.path)) return 0
  return bodyBytesMax(header.method, header.path)
}

interface Serving {
  readonly duplex: Duplex
  readonly peer: PeerIdentity
  readonly from: string
  readonly options: ServeOptions
  readonly running: Set<Promise<void>>
}

class ServingSession {
  readonly #deps: Deps
  readonly #serving: Serving
  readonly #requests = new Map<number, AbortController>()

  constructor(deps: Deps, serving: Serving) {
    this.#deps = deps
    this.#serving = serving
  }

  async run(frames: MemoryFrames): Promise<void> {
    const { duplex, peer } = this.#serving
    try {
      for await (const frame of frames) this.#receive(frame)
    } catch (error) {
      this.#deps.log.debug('peer.session.error', { peer: peer.box, cause: codeOf(error) })
    }
    duplex.destroy()
    for (const controller of this.#requests.values()) controller.abort(givenUp())
  }

  #receive(frame: Frame<MemoryHeader>): void {
    const { header } = frame
    if (header.type === 'ping') void writeFrame(this.#serving.duplex, { type: 'pong' }, undefined)
    else if (header.type === 'cancel') this.#requests.get(header.id)?.abort(givenUp())
    else if (header.type === 'request') this.#start(header, frame)
    else throw new DatisError('FORMAT_FRAME', 'A peer sent a frame out of turn.')
  }

  #start(header: Extract<MemoryHeader, { type: 'request' }>, frame: Frame<MemoryHeader>): void {
    if (this.#requests.size >= STREAMS_MAX || this.#requests.has(header.id)) {
      throw new DatisError('FORMAT_FRAME', 'A peer asks for too many things at once.')
    }
    const { running } = this.#serving
    const controller = new AbortController()
    this.#requests.set(header.id, controller)
    const one = this.#answer(header, frame, controller.signal).finally(() => {
      this.#requests.delete(header.id)
      running.delete(one)
    })
    running.add(one)
  }

  async #answer(
    { id, method, path }: Extract<MemoryHeader, { type: 'request' }>,
    { body, bodyBytes }: Frame<MemoryHeader>,
    signal: AbortSignal,
  ): Promise<void> {
    const { duplex } = this.#serving
    const response = await this.#respond({ method, path, body, bodyBytes }, signal)
    if (!signal.aborted) await writeFrame(duplex, { type: 'response', id, status: response.status }, response.body)
  }

  async #respond(
    { method, path, body, bodyBytes }: { method: string; path: string; body: Uint8Array | null; bodyBytes: number },
    signal: AbortSignal,
  ): Promise<PeerResponse> {
    const { peer, from, options } = this.#serving
    try {
      const line = checkAnnounced({ method, path, bytes: bodyBytes }, options)
      return await answerOf(this.#deps, options, { peer, from, ...line, body: body ?? new Uint8Array(0) }, signal)
    } catch (error) {
      return errorResponse(error)
    }
  }
}

function givenUp(): DatisError {
  return new DatisError('PEER_DISCONNECTED', 'The peer gave its request up.')
}
