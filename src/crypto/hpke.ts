/**
 * HPKE (RFC 9180), base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Only what wrapping
 * a keyring needs; checked against the RFC's vectors and another implementation (hpke.test.ts).
 */
import { createCipheriv, createDecipheriv, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import { assert, concatBytes, utf8 } from '#base'
import { hmacSha256, plainBytes } from './hash.ts'
import { KEY_BYTES, privateKeyFrom, publicBytes, publicKeyFrom } from './keys.ts'

/** The AEAD is an argument because the RFC's published vectors for this KEM use AES-128-GCM. */
export interface HpkeAead {
  readonly id: number
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm'
  readonly keyBytes: number
}

export const AES_256_GCM: HpkeAead = { id: 2, cipher: 'aes-256-gcm', keyBytes: 32 }

const KEM_ID = 0x0020
const KDF_ID = 0x0001
const NONCE_BYTES = 12
const TAG_BYTES = 16
const NOTHING = new Uint8Array(0)
const KEM_SUITE = concatBytes(utf8('KEM'), u16(KEM_ID))

export interface HpkeSealed {
  /** `enc`: the ephemeral public key. */
  readonly encapsulated: Uint8Array
  /** With its tag of 16 bytes. */
  readonly ciphertext: Uint8Array
}

/** `ikm`: 32 fresh bytes, from which DeriveKeyPair makes the ephemeral key. */
export function hpkeSeal(
  recipient: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array,
  ikm: Uint8Array,
  aead: HpkeAead = AES_256_GCM,
): HpkeSealed {
  const ephemeral = deriveKeyPair(ikm)
  const encapsulated = publicBytes(ephemeral)
  const shared = sharedSecret(ephemeral, publicKeyFrom('x25519', recipient), encapsulated, recipient)
  const { key, nonce } = schedule(shared, info, aead)
  const cipher = createCipheriv(aead.cipher, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  const body = cipher.update(plain)
  cipher.final()
  return { encapsulated, ciphertext: plainBytes(concatBytes(body, cipher.getAuthTag())) }
}

/** Throws the cipher's own error when it does not open. */
export function hpkeOpen(
  recipient: KeyObject,
  info: Uint8Array,
  aad: Uint8Array,
  sealed: HpkeSealed,
  aead: HpkeAead = AES_256_GCM,
): Uint8Array {
  const { encapsulated, ciphertext } = sealed
  const own = publicBytes(createPublicKey(recipient))
  const shared = sharedSecret(recipient, publicKeyFrom('x25519', encapsulated), encapsulated, own)
  const { key, nonce } = schedule(shared, info, aead)
  const decipher = createDecipheriv(aead.cipher, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES))
  const plain = decipher.update(ciphertext.subarray(0, -TAG_BYTES))
  decipher.final()
  return plainBytes(plain)
}

/** DeriveKeyPair of RFC 9180 §7.1.3. */
function deriveKeyPair(ikm: Uint8Array): KeyObject {
  assert(ikm.byteLength >= KEY_BYTES, 'an ephemeral key needs 32 fresh bytes')
  const prk = labeledExtract(KEM_SUITE, NOTHING, 'dkp_prk', ikm)
  return privateKeyFrom('x25519', labeledExpand(KEM_SUITE, prk, 'sk', NOTHING, KEY_BYTES))
}

/** ExtractAndExpand. OpenSSL refuses points of small order, whose product is all zeros (RFC 9180 §7.1.4). */
function sharedSecret(privateKey: KeyObject, publicKey: KeyObject, encapsulated: Uint8Array, recipient: Uint8Array) {
  const dh = diffieHellman({ privateKey, publicKey })
  const prk = labeledExtract(KEM_SUITE, NOTHING, 'eae_prk', dh)
  return labeledExpand(KEM_SUITE, prk, 'shared_secret', concatBytes(encapsulated, recipient), KEY_BYTES)
}

function schedule(shared: Uint8Array, info: Uint8Array, aead: HpkeAead): { key: Uint8Array; nonce: Uint8Array } {
  const suite = concatBytes(utf8('HPKE'), u16(KEM_ID), u16(KDF_ID), u16(aead.id))
  const pskIdHash = labeledExtract(suite, NOTHING, 'psk_id_hash', NOTHING)
  const infoHash = labeledExtract(suite, NOTHING, 'info_hash', info)
  const context = concatBytes(new Uint8Array([0]), pskIdHash, infoHash) // 0: mode_base
  const secret = labeledExtract(suite, shared, 'secret', NOTHING)
  return {
    key: labeledExpand(suite, secret, 'key', context, aead.keyBytes),
    nonce: labeledExpand(suite, secret, 'base_nonce', context, NONCE_BYTES),
  }
}

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Uint8Array {
  return hmacSha256(salt, utf8('HPKE-v1'), suite, utf8(label), ikm)
}

/** One block of HKDF-Expand is enough: nothing here is longer than a hash. */
function labeledExpand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, bytes: number): Uint8Array {
  assert(bytes <= 32, 'one block of HKDF-Expand')
  const block = hmacSha256(prk, u16(bytes), utf8('HPKE-v1'), suite, utf8(label), info, new Uint8Array([1]))
  return block.subarray(0, bytes)
}

function u16(value: number): Uint8Array {
  return new Uint8Array([value >> 8, value & 0xff])
}
