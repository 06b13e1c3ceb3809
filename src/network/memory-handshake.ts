/** Certificates and proof of possession on the in-memory transport: what TLS does on the real one, without secrecy. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { concatBytes, utf8 } from '#base'
import { CERTIFICATE_BYTES_MAX, sha256, signStatement, verifySignature } from '#crypto'
import { admitCertificate, stranger, verifiedClaims } from './admission.ts'
import { type Frame, writeFrame } from './memory-frames.ts'
import type { Admission, LocalIdentity, PeerIdentity } from './types.ts'

const id = z.int().min(0)
const bytes = (max: number) => z.instanceof(Uint8Array).refine((value) => value.byteLength <= max)

export const memoryHeaderSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), certificate: bytes(CERTIFICATE_BYTES_MAX), nonce: bytes(32) }),
  z.strictObject({ type: z.literal('proof'), signature: bytes(64) }),
  z.strictObject({ type: z.literal('request'), id, method: z.string().max(10), path: z.string().max(2048) }),
  z.strictObject({ type: z.literal('response'), id, status: z.int().min(200).max(599) }),
  z.strictObject({ type: z.literal('cancel'), id }),
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

/** Both hellos, then the dialler's proof, then, once that is good, the listener's: so its proof says "admitted". */
export async function memoryHandshake(
  { duplex, frames, nonce }: { duplex: Duplex; frames: MemoryFrames; nonce: Uint8Array },
  { side, identity, admission }: { side: Side; identity: LocalIdentity; admission: Admission },
): Promise<PeerIdentity> {
  const mine: Hello = { certificate: identity.certificate, nonce }
  const sendProof = (all: Transcript) => {
    const { signature } = signStatement('possession', proven(side, all), privateKeyOf(identity), identity.certificate)
    return writeFrame(duplex, { type: 'proof', signature }, undefined)
  }
  await writeFrame(duplex, { type: 'hello', ...mine }, undefined)
  const theirs = await next(frames, 'hello')
  const transcript = side === 'dialler' ? { dialler: mine, listener: theirs } : { dialler: theirs, listener: mine }
  if (side === 'dialler') await sendProof(transcript)
  const { signature } = await next(frames, 'proof')
  const { publicKey } = verifiedClaims(theirs.certificate, admission)
  const other = side === 'dialler' ? 'listener' : 'dialler'
  const body = proven(other, transcript)
  verifySignature('possession', { body, signature, certificate: theirs.certificate }, publicKey)
  const peer = admitCertificate(theirs.certificate, admission)
  if (side === 'listener') await sendProof(transcript)
  return peer
}

type Transcript = Record<Side, Hello>

function proven(side: Side, { dialler, listener }: Transcript): Uint8Array {
  const all = sha256(dialler.nonce, listener.nonce, sha256(dialler.certificate), sha256(listener.certificate))
  return concatBytes(utf8(`${side} `), all)
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
