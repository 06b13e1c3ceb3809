/**
 * The transport of the simulation: plain frames over the (fake) Net, deterministic, with the same admission, limits and
 * errors as the real one. It hides nothing from the wire and its nonces are counted: never for real boxes.
 */
import type { Duplex } from 'node:stream'
import { type Address, type Clock, codeOf, DatisError, type Log, type Net, silentLog, utf8 } from '#base'
import { sha256 } from '#crypto'
import { formatAddress } from './address.ts'
import { Door, type LiveSession } from './door.ts'
import { HANDSHAKE_TIMEOUT_MS, STREAMS_MAX } from './limits.ts'
import { type Frame, readFrames, writeFrame } from './memory-frames.ts'
import { type MemoryFrames, type MemoryHeader, memoryHandshake, memoryHeaderSchema } from './memory-handshake.ts'
import { MemoryPeerSession } from './memory-session.ts'
import { errorResponse } from './peer-error.ts'
import { answerOf, checkAnnounced, isMethod, isPath } from './requests.ts'
import type { DialOptions, ListenOptions, PeerIdentity, PeerResponse, PeerSession, Transport } from './types.ts'
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
      const running = new Set<Promise<void>>()
      const establish = (raw: Duplex, signal: AbortSignal) => serve(deps, { raw, options, running }, signal)
      const door = new Door({ clock, log, admission: options.admission, running, establish })
      return door.listener(await net.listen(address, (raw) => door.accept(raw)))
    },
    async dial(address, options) {
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      return await within(clock, limit, options.signal, async (signal) => {
        const raw = await net.dial(address, signal)
        return await ask(deps, { raw, address, options }, signal)
      })
    },
  }
}

async function ask(
  { clock, log, nonce }: Deps,
  { raw, address, options }: { raw: Duplex; address: Address; options: DialOptions },
  signal: AbortSignal,
): Promise<PeerSession> {
  raw.on('error', (error) => log.debug('peer.connection.error', { cause: codeOf(error) }))
  const { identity, admission } = options
  let session: MemoryPeerSession | undefined
  const frames = readFrames(raw, memoryHeaderSchema, (header) => session?.bodyBytesMax(header) ?? 0)
  try {
    const own = { duplex: raw, frames, nonce: nonce(identity.certificate) }
    const peer = await abortable(memoryHandshake(own, { side: 'dialler', identity, admission }), signal)
    session = new MemoryPeerSession(clock, { duplex: raw, peer, frames })
    return session
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
  { raw, options, running }: { raw: Duplex; options: ListenOptions; running: Set<Promise<void>> },
  signal: AbortSignal,
): Promise<LiveSession> {
  const identity = options.identity()
  const frames = readFrames(raw, memoryHeaderSchema, (header) => requestBytesMax(header, options))
  const own = { duplex: raw, frames, nonce: deps.nonce(identity.certificate) }
  const { admission } = options
  const peer = await abortable(memoryHandshake(own, { side: 'listener', identity, admission }), signal)
  const session = new ServingSession(deps, { duplex: raw, peer, options, running })
  return { peer, closed: session.run(frames), destroy: () => raw.destroy() }
}

function requestBytesMax(header: MemoryHeader, { bodyBytesMax }: ListenOptions): number {
  if (header.type !== 'request' || !isMethod(header.method) || !isPath(header.path)) return 0
  return bodyBytesMax(header.method, header.path)
}

interface Serving {
  readonly duplex: Duplex
  readonly peer: PeerIdentity
  readonly options: ListenOptions
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
    const { duplex, peer, options } = this.#serving
    const response = await this.#respond({ method, path, body, bodyBytes }, { peer, options }, signal)
    if (!signal.aborted) await writeFrame(duplex, { type: 'response', id, status: response.status }, response.body)
  }

  async #respond(
    { method, path, body, bodyBytes }: { method: string; path: string; body: Uint8Array | null; bodyBytes: number },
    { peer, options }: { peer: PeerIdentity; options: ListenOptions },
    signal: AbortSignal,
  ): Promise<PeerResponse> {
    try {
      const line = checkAnnounced({ method, path, bytes: bodyBytes }, options)
      return await answerOf(this.#deps, options, { peer, ...line, body: body ?? new Uint8Array(0) }, signal)
    } catch (error) {
      return errorResponse(error)
    }
  }
}

function givenUp(): DatisError {
  return new DatisError('PEER_DISCONNECTED', 'The peer gave its request up.')
}
