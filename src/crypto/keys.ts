/** Ed25519 and X25519 keys from 32 bytes. docs/formats/keys.md */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { assert, toHex } from '#base'
import { hkdf } from './hash.ts'
import { infoOf } from './purposes.ts'

/** Root Ed25519 public key, 32 bytes, lower-case hex. */
export type OrganisationId = string
/** 16 random bytes, lower-case hex. */
export type BoxId = string

export const KEY_BYTES = 32
export const ENTROPY_BYTES = 32
export const INVITATION_SECRET_BYTES = 16

/** The halves that a box keeps of its organisation's root. */
export interface RootPublic {
  /** Ed25519, = organisation. */
  readonly signing: Uint8Array
  /** X25519. */
  readonly sealing: Uint8Array
}

/** Exists only while somebody has typed the words in; never kept. */
export interface RootKeys {
  readonly organisation: OrganisationId
  readonly signingKey: KeyObject
  readonly sealingKey: KeyObject
  readonly public: RootPublic
}

export interface BoxKeys {
  readonly privateSeed: Uint8Array
  readonly publicKey: Uint8Array
  readonly signingKey: KeyObject
  readonly privatePem: string
}

type Curve = 'ed25519' | 'x25519'

/** RFC 8410: all that stands before the 32 key bytes in PKCS #8 and SubjectPublicKeyInfo. */
const PRIVATE_PREFIX: Record<Curve, Buffer> = {
  ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  x25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
}
const PUBLIC_PREFIX: Record<Curve, Buffer> = {
  ed25519: Buffer.from('302a300506032b6570032100', 'hex'),
  x25519: Buffer.from('302a300506032b656e032100', 'hex'),
}

export function privateKeyFrom(curve: Curve, seed: Uint8Array): KeyObject {
  assert(seed.byteLength === KEY_BYTES, 'a private key is made of 32 bytes')
  const der = Buffer.concat([PRIVATE_PREFIX[curve], seed])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

export function publicKeyFrom(curve: Curve, bytes: Uint8Array): KeyObject {
  assert(bytes.byteLength === KEY_BYTES, 'a public key has 32 bytes')
  return createPublicKey({ key: spkiOf(curve, bytes), format: 'der', type: 'spki' })
}

/** SubjectPublicKeyInfo (DER). */
export function spkiOf(curve: Curve, bytes: Uint8Array): Buffer {
  return Buffer.concat([PUBLIC_PREFIX[curve], bytes])
}

/** The 32 bytes of the public half of a private or public key. */
export function publicBytes(key: KeyObject): Uint8Array {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return Uint8Array.from(half.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES))
}

/** `entropy`: the 32 bytes that the words stand for (the entropy itself, not the PBKDF2 seed of BIP39). */
export function rootKeysFromEntropy(entropy: Uint8Array): RootKeys {
  assert(entropy.byteLength === ENTROPY_BYTES, '24 words are 32 bytes')
  const noSalt = new Uint8Array(0)
  const signingKey = privateKeyFrom('ed25519', hkdf(entropy, noSalt, infoOf('root-signing'), KEY_BYTES))
  const sealingKey = privateKeyFrom('x25519', hkdf(entropy, noSalt, infoOf('root-sealing'), KEY_BYTES))
  const signing = publicBytes(signingKey)
  return { organisation: toHex(signing), signingKey, sealingKey, public: { signing, sealing: publicBytes(sealingKey) } }
}

/** `seed`: 32 bytes of the Random port. */
export function boxKeysFromSeed(seed: Uint8Array): BoxKeys {
  const signingKey = privateKeyFrom('ed25519', seed)
  return {
    privateSeed: Uint8Array.from(seed),
    publicKey: publicBytes(signingKey),
    signingKey,
    privatePem: signingKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

export interface InvitationKeys {
  /** 32 bytes, lower-case hex: what the charter says of an invitation. */
  readonly key: string
  readonly signingKey: KeyObject
}

/** `secret`: the 128 bits that an invitation code carries. */
export function invitationKeysFromSecret(secret: Uint8Array): InvitationKeys {
  assert(secret.byteLength === INVITATION_SECRET_BYTES, 'the secret of an invitation has 128 bits')
  const seed = hkdf(secret, new Uint8Array(0), infoOf('invitation'), KEY_BYTES)
  const signingKey = privateKeyFrom('ed25519', seed)
  return { key: toHex(publicBytes(signingKey)), signingKey }
}
