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
  /** Of an organisation that left or was put out not long ago: it reads what is its own, and no more. */
  readonly former?: true
}

export type PeerMethod = 'GET' | 'PUT' | 'POST'

export interface PeerRequest {
  readonly peer: PeerIdentity
  /** The IP address that the connection came from. */
  readonly from: string
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
  /** `former`: only to read what is its own. */
  admit(claims: CertificateClaims): boolean | 'former'
}

/** Somebody who is no member yet and says one thing, over a connection that proves it holds its own certificate's key. */
export interface Visitor {
  /** Verified under the root that the certificate names, which nobody else knows. */
  readonly claims: CertificateClaims
  /** Known to both ends of this connection and to no other: what a proof has to name. */
  readonly binding: Uint8Array
  readonly message: Uint8Array
}

/** The pieces of the answer in order; null closes the connection without a word. What it throws is told as an error. */
export type VisitHandler = (visitor: Visitor, signal: AbortSignal) => Promise<readonly Uint8Array[] | null>

export interface VisitOptions {
  readonly identity: LocalIdentity
  /** What to say, once the connection is known by its binding. */
  readonly message: (binding: Uint8Array) => Uint8Array
  readonly signal: AbortSignal
}

/** How requests are answered. */
export interface ServeOptions {
  readonly handler: PeerHandler
  /** The longest body that a route takes; checked before the first byte of it is read. */
  readonly bodyBytesMax: (method: PeerMethod, path: string) => number
}

export interface ListenOptions extends ServeOptions {
  /** Asked at each connection, so that a new certificate serves from the next one on. */
  readonly identity: () => LocalIdentity
  readonly admission: Admission
  /** Opens the door for joiners. */
  readonly visit?: VisitHandler
  /** Takes sessions on which a peer that nobody can dial wants to be asked. */
  readonly lent?: (session: PeerSession) => void
}

export interface DialOptions {
  readonly identity: LocalIdentity
  readonly admission: Admission
  readonly signal: AbortSignal
}

/** A session that this box opened and on which the other end asks. */
export interface LentSession extends AsyncDisposable {
  readonly peer: PeerIdentity
  /** Resolves, never rejects, when the session ended for whatever reason. */
  readonly closed: Promise<void>
}

/** What answers at an address. */
export type Look =
  /** A box that holds the key of its certificate. */
  | { readonly outcome: 'box'; readonly ip: string; readonly box: string; readonly organisation: string }
  /** Something else; `subject` of its certificate where it speaks TLS. */
  | { readonly outcome: 'other'; readonly ip: string; readonly subject: string | null }
  | { readonly outcome: Unanswered; readonly ip: string | null }

/** A reset at once, nothing for seconds, no way there, no such name; `private`: not tried, see `may`. */
export type Unanswered = 'refused' | 'silent' | 'unreachable' | 'unresolved' | 'private'

export interface LookOptions {
  readonly identity: LocalIdentity
  /** Whether an IP address may be dialled; all may when absent. */
  readonly may?: (ip: string) => boolean
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
  /**
   * Dials with roles reversed: the other end asks on this session, and this one answers. For a box that nobody can dial.
   * Resolves once each side has admitted the other.
   */
  lend(address: Address, options: DialOptions & ServeOptions): Promise<LentSession>
  /** Tells what answers at an address, and believes nothing of it. Throws only the signal's reason. */
  look(address: Address, options: LookOptions): Promise<Look>
  /** Says one thing at the joiners' door and gives the answer; the error of a refusal. Believes nothing of who answers. */
  visit(address: Address, options: VisitOptions): Promise<readonly Uint8Array[]>
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
  /** The peer opened it, since nobody can dial it. */
  readonly lent?: true
  /** How long a body, and an answer of at most that length, take at a limit of our line behind those before them. */
  waitMs?(bytes: number, answerBytes: number): number
  /** A 2xx answer; any other is thrown as the DatisError that the peer's handler threw. */
  request(call: PeerCall, signal: AbortSignal): Promise<PeerResponse>
  /** Resolves, never rejects, when the session ended for whatever reason. */
  readonly closed: Promise<void>
}
