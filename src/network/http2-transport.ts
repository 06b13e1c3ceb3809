/** Box to box: HTTP/2 over mutual TLS 1.3 (docs/protocol/transport.md). */
import { type ClientHttp2Session, connect, performServerHandshake } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type Address, type Clock, codeOf, DatisError, type Log, type Net, type Random, silentLog } from '#base'
import { formatAddress, isLoopback } from './address.ts'
import { admitCertificate, visitorClaims } from './admission.ts'
import type { LiveSession } from './door.ts'
import { HTTP2_OPTIONS, keepAlive } from './http2-common.ts'
import { type ServeDeps, serveStreams } from './http2-serve.ts'
import { Http2PeerSession } from './http2-session.ts'
import { HANDSHAKE_TIMEOUT_MS, SESSION_WINDOW_BYTES } from './limits.ts'
import { type Accepted, listenAt } from './listening.ts'
import { type Greeted, lookAt } from './look.ts'
import { LinePace } from './pace.ts'
import { InboundBudget } from './requests.ts'
import { ALPN, bindingOf, curiousClient, LEND_ALPN, leafOf, secureClient, secureServer, VISIT_ALPN } from './tls.ts'
import type {
  DialOptions,
  LentSession,
  LocalIdentity,
  PeerIdentity,
  PeerSession,
  ServeOptions,
  Transport,
} from './types.ts'
import { askAtDoor, StreamPieces, type Visit } from './visits.ts'
import { abortable, within } from './waits.ts'

const SUBJECT_CHARS_MAX = 200

export interface Http2TransportDeps {
  readonly net: Net
  readonly clock: Clock
  readonly random: Random
  readonly log?: Log
  /** Limits of the line; none when absent. */
  readonly pace?: LinePace
}

export function http2Transport({
  net,
  clock,
  log = silentLog,
  pace = new LinePace(clock),
}: Http2TransportDeps): Transport {
  const lentInbound = new InboundBudget()
  return {
    async listen(address, options) {
      const deps = { clock, log, pace, inbound: new InboundBudget() }
      return await listenAt({ net, clock, log }, address, options, (accepted, signal) => serve(deps, accepted, signal))
    },
    async dial(address, options) {
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      return await within(clock, limit, options.signal, async (signal) => {
        const raw = await net.dial(address, signal)
        return await ask({ clock, log, pace }, { raw, address, options }, signal)
      })
    },
    async lend(address, options) {
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      return await within(clock, limit, options.signal, async (signal) => {
        const raw = await net.dial(address, signal)
        return await lendOn({ clock, log, pace, inbound: lentInbound }, { raw, address, options }, signal)
      })
    },
    look(address, { identity, may, signal }) {
      return lookAt({ net, clock, may, greet: (raw, inner) => greet(raw, identity, inner) }, address, signal)
    },
    async visit(address, options) {
      const limit = { ms: HANDSHAKE_TIMEOUT_MS, what: 'handshake' }
      const socket = await within(clock, limit, options.signal, async (signal) => {
        const raw = await net.dial(address, signal)
        raw.on('error', (error) => log.debug('peer.connection.error', { cause: codeOf(error) }))
        return await handshake(raw, address, { identity: options.identity, alpn: VISIT_ALPN }, signal)
      })
      try {
        const peer = visited(leafOf(socket, VISIT_ALPN))
        const message = options.message(bindingOf(socket))
        return await askAtDoor(clock, { channel: new StreamPieces(socket), message, peer }, options.signal)
      } finally {
        socket.destroy()
      }
    },
  }
}

/** Whoever answers at the door: it is the answer that has to prove itself. */
function visited(leaf: Uint8Array | undefined): PeerIdentity {
  return admitCertificate(leaf, { roots: () => 'any', admit: () => true })
}

async function serve(
  deps: ServeDeps,
  { raw, from, options, running }: Accepted,
  signal: AbortSignal,
): Promise<LiveSession | { readonly visit: Visit }> {
  const { visit, lent, admission } = options
  const alpns = [ALPN, ...(visit === undefined ? [] : [VISIT_ALPN]), ...(lent === undefined ? [] : [LEND_ALPN])]
  const socket = await secureServer(raw, { identity: options.identity(), alpns }, signal)
  try {
    if (visit !== undefined && socket.alpnProtocol === VISIT_ALPN) return { visit: visitOf(socket) }
    const reversed = lent !== undefined && socket.alpnProtocol === LEND_ALPN
    // Strangers end here, before the first byte of HTTP is parsed.
    const peer = admitCertificate(leafOf(socket, reversed ? LEND_ALPN : ALPN), admission)
    signal.throwIfAborted()
    if (reversed) return await takeLent(deps, { socket, raw, peer, from, lent }, signal)
    return openServing(deps, { socket, raw, peer, from, options, running })
  } catch (error) {
    // The TLS socket has taken the connection over: destroying `raw` would leave it open.
    socket.destroy()
    throw error
  }
}

function visitOf(socket: TLSSocket): Visit {
  const claims = visitorClaims(leafOf(socket, VISIT_ALPN))
  return { claims, binding: bindingOf(socket), channel: new StreamPieces(socket) }
}

/** The other end of `lend`: it came to us, and we ask. */
async function takeLent(
  deps: ServeDeps,
  {
    socket,
    raw,
    peer,
    from,
    lent,
  }: { socket: TLSSocket; raw: Duplex; peer: PeerIdentity; from: string; lent: (session: PeerSession) => void },
  signal: AbortSignal,
): Promise<LiveSession> {
  const session = await openAsking(deps, { socket, raw, peer, address: { host: from, port: 0 } }, signal)
  lent(session)
  return { peer, closed: session.closed, destroy: () => void session[Symbol.asyncDispose]() }
}

async function lendOn(
  deps: ServeDeps,
  { raw, address, options }: { raw: Duplex; address: Address; options: DialOptions & ServeOptions },
  signal: AbortSignal,
): Promise<LentSession> {
  raw.on('error', (error) => deps.log.debug('peer.connection.error', { cause: codeOf(error) }))
  using failed = new DisposableStack()
  failed.defer(() => raw.destroy())
  const socket = await handshake(raw, address, { identity: options.identity, alpn: LEND_ALPN }, signal)
  failed.defer(() => socket.destroy())
  const peer = admitCertificate(leafOf(socket, LEND_ALPN), options.admission)
  const running = new Set<Promise<void>>()
  const live = openServing(deps, { socket, raw, peer, from: address.host, options, running })
  await admitted(live, address, signal)
  failed.move()
  return {
    peer,
    closed: live.closed,
    async [Symbol.asyncDispose]() {
      live.destroy()
      await live.closed
      await Promise.all(running)
    },
  }
}

/** As for a session that is dialled: the settings of the other end are the first sign that it admitted us. */
async function admitted(live: ServingSession, address: Address, signal: AbortSignal): Promise<void> {
  const cut = live.closed.then(() => {
    throw refused(formatAddress(address))
  })
  await abortable(Promise.race([live.settled, cut]), signal)
}

function refused(address: string, cause?: unknown): DatisError {
  return new DatisError(
    'PEER_REFUSED',
    'A peer cut the connection once it saw our certificate.',
    { address },
    { cause },
  )
}

/** Whatever answers: a box proves that it has the key of its certificate, of others only a name is of interest. */
async function greet(raw: Duplex, identity: LocalIdentity, signal: AbortSignal): Promise<Greeted> {
  const socket = await curiousClient(raw, identity, signal)
  try {
    if (socket.alpnProtocol === ALPN) {
      const { box, organisation } = visitorClaims(leafOf(socket))
      return { outcome: 'box', box, organisation }
    }
    const subject = socket.getPeerX509Certificate()?.subject ?? ''
    return { outcome: 'other', subject: subject.replaceAll(/\s+/g, ' ').slice(0, SUBJECT_CHARS_MAX) }
  } finally {
    socket.destroy()
  }
}

interface ServingSession extends LiveSession {
  /** The other end has sent its settings. */
  readonly settled: Promise<void>
}

interface Serving {
  readonly socket: TLSSocket
  readonly raw: Duplex
  readonly peer: PeerIdentity
  readonly from: string
  readonly options: ServeOptions
  readonly running: Set<Promise<void>>
}

function openServing(deps: ServeDeps, { socket, raw, peer, from, options, running }: Serving): ServingSession {
  const session = performServerHandshake(socket, HTTP2_OPTIONS)
  session.on('error', (error) => deps.log.debug('peer.session.error', { peer: peer.box, cause: codeOf(error) }))
  // Node opens the session on the next turn and refuses before.
  session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES))
  const settled = new Promise<void>((resolve) => session.once('remoteSettings', () => resolve()))
  const closed = new Promise<void>((resolve) => session.once('close', () => resolve()))
  void closed.then(() => raw.destroy())
  keepAlive(deps.clock, session)
  serveStreams(deps, { session, peer, from, options, running })
  return { peer, closed, settled, destroy: () => session.destroy() }
}

type AskDeps = Pick<ServeDeps, 'clock' | 'log' | 'pace'>

async function ask(
  deps: AskDeps,
  { raw, address, options }: { raw: Duplex; address: Address; options: DialOptions },
  signal: AbortSignal,
): Promise<Http2PeerSession> {
  raw.on('error', (error) => deps.log.debug('peer.connection.error', { cause: codeOf(error) }))
  using failed = new DisposableStack()
  failed.defer(() => raw.destroy())
  const socket = await handshake(raw, address, { identity: options.identity }, signal)
  failed.defer(() => socket.destroy())
  const peer = admitCertificate(leafOf(socket), options.admission)
  const session = await openAsking(deps, { socket, raw, peer, address }, signal)
  failed.move()
  return session
}

async function openAsking(
  { clock, log, pace }: AskDeps,
  { socket, raw, peer, address }: { socket: TLSSocket; raw: Duplex; peer: PeerIdentity; address: Address },
  signal: AbortSignal,
): Promise<Http2PeerSession> {
  const http = await openHttp(socket, formatAddress(address), log, signal)
  http.once('close', () => raw.destroy())
  keepAlive(clock, http)
  return new Http2PeerSession({ clock, pace }, http, { peer, local: isLoopback(address) })
}

async function handshake(
  raw: Duplex,
  address: Address,
  tls: { identity: LocalIdentity; alpn?: string },
  signal: AbortSignal,
): Promise<TLSSocket> {
  try {
    return await secureClient(raw, tls, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new DatisError(
      'HANDSHAKE_FAILED',
      'What answers at an address does not speak our protocol.',
      { address: formatAddress(address), cause: codeOf(cause) },
      { cause },
    )
  }
}

/**
 * Waits for the peer's settings: with TLS 1.3 the handshake ends here before the peer has looked at our certificate,
 * and its settings are the first sign that it admitted us.
 */
async function openHttp(
  socket: TLSSocket,
  address: string,
  log: Log,
  signal: AbortSignal,
): Promise<ClientHttp2Session> {
  const http = connect('https://datis', { createConnection: () => socket, ...HTTP2_OPTIONS })
  const settled = new Promise<void>((resolve, reject) => {
    http.once('remoteSettings', () => resolve())
    http.on('error', (error) => {
      log.debug('peer.session.error', { cause: codeOf(error) })
      reject(error)
    })
    http.once('close', () => reject(new Error('closed before its settings')))
  })
  try {
    await abortable(settled, signal)
    http.setLocalWindowSize(SESSION_WINDOW_BYTES)
    return http
  } catch (cause) {
    http.destroy()
    signal.throwIfAborted()
    throw refused(address, cause)
  }
}
