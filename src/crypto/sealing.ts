/**
 * Sealing (security rule 6): each sealed thing has a key of its own, used once, so that the nonce may be zero.
 *
 *     offset   bytes  field
 *          0      32  fresh: random, drawn for this thing alone
 *         32      32  commitment to the key
 *         64       n  ciphertext (AES-256-GCM, nonce of 12 zero bytes)
 *     64 + n      16  tag
 *
 * okm = HKDF-SHA256(key, salt = fresh ‖ binding, info = purpose ‖ box ‖ id, 64); okm[0..32] is the key of the AEAD,
 * okm[32..64] the commitment: without it one ciphertext could be made to open under two keys.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { assert, concatBytes, DatisError, fromHex, MiB, release } from '#base'
import { hkdf, plainBytes } from './hash.ts'
import type { BoxId } from './keys.ts'
import { infoOf, type SealPurpose } from './purposes.ts'

export const SEAL_OVERHEAD_BYTES = 80
/** Nothing longer is sealed in one piece, nor claimed as plain length: what opens bounds what a reader allocates. */
export const SEAL_PLAIN_BYTES_MAX = 64 * MiB
/** `codec` of bytes that are sealed as they are: their plain length is then checked here. */
export const SEAL_CODEC_STORED = 0

const FRESH_BYTES = 32
const COMMITMENT_BYTES = 32
const BODY_OFFSET = FRESH_BYTES + COMMITMENT_BYTES
const TAG_BYTES = 16
const KEY_BYTES = 32
const SEAL_VERSION = 1
const CIPHER = 'aes-256-gcm'
const NONCE = new Uint8Array(12)

export interface SealFields {
  /** What kind of thing: each format numbers its own. u8 */
  readonly type: number
  /** Generation of the keyring that `key` is of. u32 */
  readonly generation: number
  /** How the sealed bytes are compressed; 0 = not. u8 */
  readonly codec: number
  /** u32 */
  readonly position: number
  /** Length after decompression. u32 */
  readonly plainBytes: number
}

export interface SealContext {
  readonly key: Uint8Array
  readonly purpose: SealPurpose
  readonly box: BoxId
  /** At most 255 bytes. */
  readonly id: Uint8Array
  /** 32 bytes: what the thing must stand beside (hash of chunk ids, hash of the previous frame); zeros for nothing. */
  readonly binding: Uint8Array
  readonly fields: SealFields
}

/** `fresh`: 32 bytes of the Random port, never used before. */
export function seal(context: SealContext, plain: Uint8Array, fresh: Uint8Array): Uint8Array {
  // Not zeroed first, for every byte is written below; `Slow`: a buffer of its own, which can be given to a thread.
  const sealed = plainBytes(Buffer.allocUnsafeSlow(plain.byteLength + SEAL_OVERHEAD_BYTES))
  sealInto(context, plain, fresh, sealed, 0)
  return sealed
}

/** Seals into `out` from `at` on (a pack under construction, a frame after its header); the number of bytes written. */
export function sealInto(
  context: SealContext,
  plain: Uint8Array,
  fresh: Uint8Array,
  out: Uint8Array,
  at: number,
): number {
  assert(fresh.byteLength === FRESH_BYTES, 'fresh bytes are 32')
  assert(plainLengthHolds(context.fields, plain.byteLength), 'the plain length is told as it is')
  const sealedBytes = plain.byteLength + SEAL_OVERHEAD_BYTES
  assert(at >= 0 && at + sealedBytes <= out.byteLength, 'there is room for what is sealed')
  const { key, commitment } = deriveKeys(context, fresh)
  const cipher = createCipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData(context))
  out.set(fresh, at)
  out.set(commitment, at + FRESH_BYTES)
  const body = cipher.update(plain)
  out.set(body, at + BODY_OFFSET)
  release(body)
  cipher.final()
  out.set(cipher.getAuthTag(), at + sealedBytes - TAG_BYTES)
  key.fill(0)
  return sealedBytes
}

/** Opens a sealed thing (a view into a bigger buffer will do). Throws SEAL_BROKEN, with nothing of the plain bytes. */
export function open(context: SealContext, sealed: Uint8Array): Uint8Array {
  const plainBytesSealed = sealed.byteLength - SEAL_OVERHEAD_BYTES
  if (plainBytesSealed < 0 || !plainLengthHolds(context.fields, plainBytesSealed)) throw broken(context, 'length')
  const { key, commitment } = deriveKeys(context, sealed.subarray(0, FRESH_BYTES))
  // Before decrypting: a wrong key is refused here and never reaches the cipher.
  if (!timingSafeEqual(commitment, sealed.subarray(FRESH_BYTES, BODY_OFFSET))) throw broken(context, 'commitment')
  const plain = decrypt(key, context, sealed)
  key.fill(0)
  return plain
}

function decrypt(key: Uint8Array, context: SealContext, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(context))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  const plain = decipher.update(sealed.subarray(BODY_OFFSET, -TAG_BYTES))
  try {
    decipher.final()
  } catch (cause) {
    plain.fill(0)
    throw broken(context, 'tag', cause)
  }
  return plainBytes(plain)
}

function plainLengthHolds(fields: SealFields, sealedPlainBytes: number): boolean {
  if (fields.plainBytes > SEAL_PLAIN_BYTES_MAX || sealedPlainBytes > SEAL_PLAIN_BYTES_MAX) return false
  return fields.codec !== SEAL_CODEC_STORED || fields.plainBytes === sealedPlainBytes
}

function deriveKeys(context: SealContext, fresh: Uint8Array): { key: Uint8Array; commitment: Uint8Array } {
  assert(context.key.byteLength === KEY_BYTES, 'a sealing key is 32 bytes')
  assert(context.binding.byteLength === 32, 'a binding is 32 bytes')
  const salt = concatBytes(fresh, context.binding)
  const okm = hkdf(context.key, salt, infoOf(context.purpose, context.box, context.id), KEY_BYTES + COMMITMENT_BYTES)
  return { key: okm.subarray(0, KEY_BYTES), commitment: okm.subarray(KEY_BYTES) }
}

/**
 * Additional data of the AEAD, all numbers little-endian.
 *
 *     offset  bytes  field
 *          0      1  version, 1
 *          1      1  type
 *          2     16  owner: box id
 *         18      4  generation
 *         22      1  codec
 *         23      1  length of the id, i
 *         24      i  id
 *     24 + i      4  position
 *     28 + i      4  plain length
 */
export function additionalData({ box, id, fields }: SealContext): Uint8Array {
  assert(id.byteLength <= 255, 'an id has at most 255 bytes')
  const owner = fromHex(box)
  assert(owner.byteLength === 16, 'a box id has 16 bytes')
  const data = Buffer.alloc(32 + id.byteLength)
  data.writeUInt8(SEAL_VERSION, 0)
  data.writeUInt8(fields.type, 1)
  data.set(owner, 2)
  data.writeUInt32LE(fields.generation, 18)
  data.writeUInt8(fields.codec, 22)
  data.writeUInt8(id.byteLength, 23)
  data.set(id, 24)
  data.writeUInt32LE(fields.position, 24 + id.byteLength)
  data.writeUInt32LE(fields.plainBytes, 28 + id.byteLength)
  return data
}

function broken({ purpose, fields }: SealContext, at: 'length' | 'commitment' | 'tag', cause?: unknown): DatisError {
  const details = { purpose, at, type: fields.type, generation: fields.generation, position: fields.position }
  return new DatisError(
    'SEAL_BROKEN',
    'Sealed bytes do not open: they were changed, moved, or sealed otherwise.',
    details,
    {
      cause,
    },
  )
}
