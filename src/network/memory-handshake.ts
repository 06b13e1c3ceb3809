/** Certificates and proof of possession on the in-memory transport: what TLS does on the real one, without secrecy. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { concatBytes, utf8 } from '#base'
import { CERTIFICATE_BYTES_MAX, type CertificateClaims, sha256, signStatement, verifySignature } from '#crypto'
import { admitCertificate, stranger, verifiedClaims } from './admission.ts'
import { type Frame, writeFrame } from './memory-frames.ts'
import type { Admission, LocalIdentity, PeerIdentity } from './types.ts'

const id = z.int().min(0)
const bytes = (max: number) => z.instanceof(Uint8Array).refine((value) => value.byteLength <= max)

export const memoryHeaderSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    certificate: bytes(CERTIFICATE_BYTES_MAX),
    nonce: bytes(32),
    /** What ALPN says on the real transport. */
    visit: z.literal(true).optional(),
    lend: z.literal(true).optional(),
  }),
  z.strictObject({ type: z.literal('proof'), signature: bytes(64) }),
  z.strictObject({ type: z.literal('request'), id, method: z.string().max(10), path: z.string().max(2048) }),
  z.strictObject({ type: z.literal('response'), id, status: z.int().min(200).max(599) }),
  z.strictObject({ type: z.literal('cancel'), id }),
  z.strictObject({ type: z.literal('piece') }),
  z.strictObject({ type: z.literal('ping') }),
  z.strictObject({ type: z.literal('pong') }),
])

export type MemoryHeader = z.output<typeof memoryHeaderSchema>
export type MemoryFrames = AsyncGenerator<Frame<MemoryHeader>, void, undefined>

type Side = 'dialler' | 'listener'
interface Hello {
  readonly certificate: Uint8Array
  readonly nonce: Uint8Array
}

export interface MemoryHands {
  readonly side: Side
  readonly identity: LocalIdentity
  readonly admission: Admission
  /** The dialler comes as a visitor; the listener takes visitors. */
  readonly visit: boolean
  /** The dialler wants to be asked; the listener takes such sessions. */
  readonly lend: boolean
}

export interface MemoryMet {
  /** Null at a listener that a visitor came to: see `claims`. */
  readonly peer: PeerIdentity | null
  readonly claims: CertificateClaims
  readonly binding: Uint8Array
  readonly lent: boolean
}

const anybody: Admission = { roots: () => 'any', admit: () => true }

/** Both hellos, then the dialler's proof, then, once that is good, the listener's: so its proof says "admitted". */
export async function memoryHandshake(
  { duplex, frames, nonce }: { duplex: Duplex; frames: MemoryFrames; nonce: Uint8Array },
  { side, identity, admission, visit, lend }: MemoryHands,
): Promise<MemoryMet> {
  const mine: Hello = { certificate: identity.certificate, nonce }
  const sendProof = (all: Transcript) => {
    const { signature } = signStatement('possession', proven(side, all), privateKeyOf(identity), identity.certificate)
    return writeFrame(duplex, { type: 'proof', signature }, undefined)
  }
  const wish = side === 'dialler' ? { ...(visit && { visit }), ...(lend && { lend }) } : {}
  await writeFrame(duplex, { type: 'hello', ...mine, ...wish }, undefined)
  const theirs = await next(frames, 'hello')
  const visited = side === 'listener' && theirs.visit === true
  const lent = side === 'listener' && theirs.lend === true
  if ((visited && !visit) || (lent && !lend)) throw stranger('protocol')
  const transcript = side === 'dialler' ? { dialler: mine, listener: theirs } : { dialler: theirs, listener: mine }
  if (side === 'dialler') await sendProof(transcript)
  const { signature } = await next(frames, 'proof')
  const judge = visited ? anybody : admission
  const claims = verifiedClaims(theirs.certificate, judge)
  const other = side === 'dialler' ? 'listener' : 'dialler'
  const body = proven(other, transcript)
  verifySignature('possession', { body, signature, certificate: theirs.certificate }, claims.publicKey)
  const peer = visited ? null : admitCertificate(theirs.certificate, judge)
  if (side === 'listener') await sendProof(transcript)
  return { peer, claims, lent, binding: sha256(utf8('binding'), bytesOf(transcript)) }
}

type Transcript = Record<Side, Hello>

function proven(side: Side, transcript: Transcript): Uint8Array {
  return concatBytes(utf8(`${side} `), bytesOf(transcript))
}

function bytesOf({ dialler, listener }: Transcript): Uint8Array {
  return sha256(dialler.nonce, listener.nonce, sha256(dialler.certificate), sha256(listener.certificate))
}

async function next<Type extends MemoryHeader['type']>(
  frames: MemoryFrames,
  type: Type,
): Promise<Extract<MemoryHeader, { type: Type }>> {
  const { value: frame } = await frames.next()
  if (frame === undefined) throw new Error('closed during the handshake')
  if (frame.header.type !== type || frame.bodyBytes > 0) throw stranger('protocol')
  return frame.header as Extract<MemoryHeader, { type: Type }>
}

const privateKeys = new WeakMap<LocalIdentity, KeyObject>()

function privateKeyOf(identity: LocalIdentity): KeyObject {
  const known = privateKeys.get(identity)
  if (known !== undefined) return known
  const key = createPrivateKey(identity.privatePem)
  privateKeys.set(identity, key)
  return key
}
