/** What the layers above see of the wire: sessions between boxes whose certificates were checked, and requests on them. */
import type { Address, Listener } from '#base'
import type { CertificateClaims } from '#crypto'

/** Who answers at the other end, as its root-signed certificate says. */
export interface PeerIdentity {
  /** 16 bytes, lower-case hex. */
  readonly box: string
  /** 32 bytes, lower-case hex: the root key under which the certificate was verified. */
  readonly organisation: string
  readonly role: 'box' | 'recovery'
  readonly epoch: number
  /** DER. */
  readonly certificate: Uint8Array
}

export type PeerMethod = 'GET' | 'PUT' | 'POST'

export interface PeerRequest {
  readonly peer: PeerIdentity
  readonly method: PeerMethod
  /** With its query. */
  readonly path: string
  /** Owns its ArrayBuffer: it may be transferred to a worker. */
  readonly body: Uint8Array
}

export interface PeerResponse {
  readonly status: number
  readonly body: Uint8Array
}

/** `signal` aborts when the peer gives up, the session breaks or the listener closes. */
export type PeerHandler = (request: PeerRequest, signal: AbortSignal) => Promise<PeerResponse>

export interface LocalIdentity {
  /** DER. */
  readonly certificate: Uint8Array
  /** PKCS #8. */
  readonly privatePem: string
  readonly publicKey: Uint8Array
}

/** Decides about a peer after the handshake, before any of its requests is parsed. */
export interface Admission {
  /**
   * Organisations whose root key may sign a leaf. `any`: whatever root the leaf names, for a recovering box, which
   * talks to any contact and believes only what its own root has signed (security rule 11).
   */
  roots(): Iterable<string> | 'any'
  admit(claims: CertificateClaims): boolean
}

export interface ListenOptions {
  /** Asked at each connection, so that a new certificate serves from the next one on. */
  readonly identity: () => LocalIdentity
  readonly admission: Admission
  readonly handler: PeerHandler
  /** The longest body that a route takes; checked before the first byte of it is read. */
  readonly bodyBytesMax: (method: PeerMethod, path: string) => number
}

export interface DialOptions {
  readonly identity: LocalIdentity
  readonly admission: Admission
  readonly signal: AbortSignal
}

export interface PeerListener extends Listener {
  /** After a change of the charter: cuts the live sessions that the admission would refuse now. */
  recheck(): void
}

export interface Transport {
  listen(address: Address, options: ListenOptions): Promise<PeerListener>
  /** Resolves once each side has admitted the other. */
  dial(address: Address, options: DialOptions): Promise<PeerSession>
}

export interface PeerCall {
  readonly method: PeerMethod
  readonly path: string
  readonly body?: Uint8Array
  /** The longest answer to accept; RESPONSE_BYTES_MAX when absent. */
  readonly bodyBytesMax?: number
}

export interface PeerSession extends AsyncDisposable {
  readonly peer: PeerIdentity
  /** A 2xx answer; any other is thrown as the DatisError that the peer's handler threw. */
  request(call: PeerCall, signal: AbortSignal): Promise<PeerResponse>
  /** Resolves, never rejects, when the session ended for whatever reason. */
  readonly closed: Promise<void>
}
