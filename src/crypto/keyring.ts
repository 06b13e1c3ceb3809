/** The keys of one box's vault, and how they lie on hosts: wrapped to the root's X25519 key. docs/formats/keys.md */
import { z } from 'zod'
import { codeOf, DatisError, decodeCbor, KiB, type Random } from '#base'
import { hpkeOpen, hpkeSeal } from './hpke.ts'
import { type BoxId, KEY_BYTES, type RootKeys, type RootPublic } from './keys.ts'
import { infoOf } from './purposes.ts'
import { boundedBytes, count, encodeWith, fixedBytes, hexBytes } from './schema.ts'

/** One a year for two centuries; keeps a wrapped keyring below WRAPPED_KEYRING_BYTES_MAX. */
export const GENERATIONS_MAX = 200
/** A host keeps each of them for ever (rule 2), so they must be small. */
export const WRAPPED_KEYRING_BYTES_MAX = 64 * KiB
const HPKE_TAG_BYTES = 16
const NO_AAD = new Uint8Array(0)

const generationSchema = z.strictObject({
  generation: count(1, 0xffff_ffff),
  packKey: fixedBytes(KEY_BYTES),
  metadataKey: fixedBytes(KEY_BYTES),
  auditKey: fixedBytes(KEY_BYTES),
})

const keyringSchema = z.strictObject({
  format: z.literal(1),
  box: hexBytes(16),
  chunkIdKey: fixedBytes(KEY_BYTES),
  treeIdKey: fixedBytes(KEY_BYTES),
  chunkerKey: fixedBytes(KEY_BYTES),
  logKey: fixedBytes(KEY_BYTES),
  headKey: fixedBytes(KEY_BYTES),
  /** Oldest first, numbers rising; the last is the one that new packs use. */
  generations: z.array(generationSchema).min(1).max(GENERATIONS_MAX).refine(rising),
})

const wrappedSchema = z.strictObject({
  format: z.literal(1),
  box: hexBytes(16),
  encapsulated: fixedBytes(KEY_BYTES),
  ciphertext: boundedBytes(HPKE_TAG_BYTES, WRAPPED_KEYRING_BYTES_MAX),
})

export type Keyring = z.output<typeof keyringSchema>
export type KeyGeneration = z.output<typeof generationSchema>

export function newKeyring(box: BoxId, random: Random): Keyring {
  const key = () => random.bytes(KEY_BYTES)
  return {
    format: 1,
    box,
    chunkIdKey: key(),
    treeIdKey: key(),
    chunkerKey: key(),
    logKey: key(),
    headKey: key(),
    generations: [{ generation: 1, packKey: key(), metadataKey: key(), auditKey: key() }],
  }
}

export function encodeKeyring(keyring: Keyring): Uint8Array {
  return encodeWith(keyringSchema, keyring)
}

export function decodeKeyring(bytes: Uint8Array): Keyring {
  return decodeCbor('keyring', keyringSchema, bytes)
}

/** Anybody who knows the root's public half can make one: a wrapped keyring counts only when a signed head names its hash. */
export function wrapKeyring(keyring: Keyring, root: RootPublic, random: Random): Uint8Array {
  const info = infoOf('keyring', keyring.box)
  const sealed = hpkeSeal(root.sealing, info, NO_AAD, encodeKeyring(keyring), random.bytes(KEY_BYTES))
  return encodeWith(wrappedSchema, { format: 1, box: keyring.box, ...sealed })
}

/** Throws KEYRING_UNREADABLE: other words, or damaged. */
export function unwrapKeyring(wrapped: Uint8Array, root: RootKeys): Keyring {
  try {
    const { box, encapsulated, ciphertext } = decodeCbor('wrapped keyring', wrappedSchema, wrapped)
    const plain = hpkeOpen(root.sealingKey, infoOf('keyring', box), NO_AAD, { encapsulated, ciphertext })
    const keyring = decodeKeyring(plain)
    if (keyring.box === box) return keyring
  } catch (cause) {
    throw unreadable(codeOf(cause))
  }
  throw unreadable('OTHER_BOX')
}

// Without the cause: what failed inside may quote the plain bytes.
function unreadable(reason: string): DatisError {
  return new DatisError('KEYRING_UNREADABLE', 'These words do not open this keyring, or it is damaged.', { reason })
}

function rising(generations: readonly { readonly generation: number }[]): boolean {
  return generations.every((each, at) => at === 0 || each.generation > (generations[at - 1]?.generation ?? 0))
}
