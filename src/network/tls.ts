/** TLS 1.3 with certificates on both sides, over a Duplex that the Net port gave. */
import { constants } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { stranger } from './admission.ts'
import { toPem } from './pem.ts'
import type { LocalIdentity } from './types.ts'

export const ALPN = 'datis/1'
/** The joiners' door (docs/protocol/community.md). */
export const VISIT_ALPN = 'datis-join/1'
/** The dialler serves, and the listener asks (docs/protocol/transport.md). */
export const LEND_ALPN = 'datis-reversed/1'
const BINDING_LABEL = 'EXPORTER-datis-join/1'
const BINDING_BYTES = 32

const contexts = new WeakMap<LocalIdentity, SecureContext>()

/** One context an identity: making one costs more than a handshake. */
function contextOf(identity: LocalIdentity): SecureContext {
  const known = contexts.get(identity)
  if (known !== undefined) return known
  const context = createSecureContext({
    cert: toPem('CERTIFICATE', identity.certificate),
    key: identity.privatePem,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    sigalgs: 'ed25519',
    // A resumed session shows no certificate of the peer, so none may be resumable.
    secureOptions: constants.SSL_OP_NO_TICKET,
  })
  contexts.set(identity, context)
  return context
}

/** Serves the handshake; it says nothing yet of who the other end is: see `leafOf`. */
export async function secureServer(
  raw: Duplex,
  { identity, alpns }: { identity: LocalIdentity; alpns: string[] },
  signal: AbortSignal,
): Promise<TLSSocket> {
  raw.allowHalfOpen = false
  const socket = new TLSSocket(raw, {
    isServer: true,
    secureContext: contextOf(identity),
    requestCert: true,
    // Node would judge by certificate authorities, after the handshake; our own check comes next (security rule 11).
    rejectUnauthorized: false,
    ALPNProtocols: alpns,
  })
  await settled(socket, 'secure', signal)
  // What tls.Server does for the sockets that it makes itself: without the first, an HTTP/2 session waits for ever for
  // the handshake; without the second, a record that fails authentication later leaves the connection hanging.
  Object.assign(socket, { secureConnecting: false })
  socket.on('_tlsError', (error: Error) => socket.destroy(error))
  return socket
}

export async function secureClient(
  raw: Duplex,
  { identity, alpn = ALPN }: { identity: LocalIdentity; alpn?: string },
  signal: AbortSignal,
): Promise<TLSSocket> {
  // A peer that ends its half has gone: half open, the HTTP/2 session would outlive it until pings are missed.
  raw.allowHalfOpen = false
  const socket = connect({
    socket: raw,
    secureContext: contextOf(identity),
    rejectUnauthorized: false,
    // Names mean nothing here: the certificate names a box, and the admission knows it.
    checkServerIdentity: () => undefined,
    ALPNProtocols: [alpn],
  })
  await settled(socket, 'secureConnect', signal)
  return socket
}

/**
 * A handshake with whatever answers, to learn what it is: any certificate and any version will do, and nothing is said
 * or believed afterwards.
 */
export async function curiousClient(raw: Duplex, identity: LocalIdentity, signal: AbortSignal): Promise<TLSSocket> {
  raw.allowHalfOpen = false
  const socket = connect({
    socket: raw,
    cert: toPem('CERTIFICATE', identity.certificate),
    key: identity.privatePem,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ALPNProtocols: [ALPN],
  })
  await settled(socket, 'secureConnect', signal)
  return socket
}

async function settled(socket: TLSSocket, event: 'secure' | 'secureConnect', signal: AbortSignal): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  // Kept for the socket's life: an error event without a listener would stop the process.
  socket.on('error', (error) => failed.abort(error))
  socket.once('close', () => failed.abort(new Error('the other end closed during the handshake')))
  try {
    await once(socket, event, { signal: either })
  } catch (error) {
    socket.destroy()
    throw either.reason ?? error
  }
}

/** The leaf that the other end holds the key of. PEER_STRANGER when it speaks another protocol or resumed a session. */
export function leafOf(socket: TLSSocket, alpn = ALPN): Uint8Array | undefined {
  if (socket.alpnProtocol !== alpn || socket.getProtocol() !== 'TLSv1.3') throw stranger('protocol')
  if (socket.isSessionReused()) throw stranger('resumed')
  return socket.getPeerX509Certificate()?.raw
}

/** Bytes that only the two ends of this connection know (RFC 8446 §7.5): a proof over them cannot be carried elsewhere. */
export function bindingOf(socket: TLSSocket): Uint8Array {
  return Uint8Array.from(socket.exportKeyingMaterial(BINDING_BYTES, BINDING_LABEL, Buffer.alloc(0)))
}
