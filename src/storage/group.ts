/** Chunk ids, and groups: chunks compressed and sealed together. Pure; runs in workers. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { assert, bytesEqual, codeOf, DatisError, fromHex, KiB, release } from '#base'
import { hmacSha256, open, type SealContext, sha256 } from '#crypto'
import { PROBE_BYTES_MIN } from './limits.ts'
import { CODEC_STORED, CODEC_ZSTD, type TableChunk } from './pack-format.ts'
import { CHUNK_REF_BYTES, type ChunkRef, type GroupPlace, type PackClass, type VaultKeys } from './types.ts'

/** Additional data of a seal says what it covers (docs/formats/pack.md, log.md). */
export const SEAL_TYPE = { group: 1, table: 2, footer: 3, logFrame: 4 } as const

/** Name of a chunk: HMAC-SHA-256 of its plaintext under the box's key of that class. */
export function chunkIdOf(keys: VaultKeys, packClass: PackClass, plain: Uint8Array): Uint8Array {
  return hmacSha256(packClass === 'data' ? keys.chunkIdKey : keys.treeIdKey, plain)
}

/** What a group's key is bound to: the names of its chunks. */
export function bindingOf(chunks: readonly { readonly id: Uint8Array }[]): Uint8Array {
  return sha256(...chunks.map((chunk) => chunk.id))
}

export function packRefs(refs: readonly ChunkRef[]): Uint8Array {
  const packed = new Uint8Array(refs.length * CHUNK_REF_BYTES)
  const view = new DataView(packed.buffer)
  refs.forEach((ref, index) => {
    packed.set(ref.id, index * CHUNK_REF_BYTES)
    view.setUint32(index * CHUNK_REF_BYTES + 32, ref.bytes, true)
  })
  return packed
}

export function unpackRefs(packed: Uint8Array): ChunkRef[] {
  if (packed.byteLength % CHUNK_REF_BYTES !== 0) {
    throw new DatisError('FORMAT_INVALID', 'A list of chunks ends inside an entry.', {
      what: 'chunk list',
      bytes: packed.byteLength,
    })
  }
  const refs: ChunkRef[] = []
  for (let at = 0; at < packed.byteLength; at += CHUNK_REF_BYTES) {
    refs.push({ id: packed.slice(at, at + 32), bytes: bytesOfRef(packed, at) })
  }
  return refs
}

/**
 * By hand, and ids as copies: a view of an array of a few bytes moves it out of the engine's heap, which costs more
 * than all else that a restore does with the entry of a small file.
 */
export function bytesOfRef(packed: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [packed[at + 32], packed[at + 33], packed[at + 34], packed[at + 35]]
  return a + 256 * (b + 256 * (c + 256 * d))
}

export interface PackKey {
  readonly box: string
  readonly packClass: PackClass
  readonly generation: number
  readonly key: Uint8Array
}

/** The key that packs of a generation and class are sealed with. */
export function packKeyOf(keys: VaultKeys, packClass: PackClass, generation: number): PackKey {
  const found = keys.generations.find((candidate) => candidate.generation === generation)
  if (!found) {
    throw new DatisError('KEY_GENERATION_UNKNOWN', 'The keyring lacks the keys that this pack was sealed with.', {
      generation,
    })
  }
  const key = packClass === 'data' ? found.packKey : found.metadataKey
  return { box: keys.box, packClass, generation, key }
}

export function newestPackKey(keys: VaultKeys, packClass: PackClass): PackKey {
  const newest = keys.generations.at(-1)
  assert(newest, 'a keyring has a generation')
  return packKeyOf(keys, packClass, newest.generation)
}

export interface GroupSeal {
  readonly pack: Uint8Array
  readonly position: number
  readonly codec: number
  readonly plainBytes: number
  readonly binding: Uint8Array
}

export function groupContext(packKey: PackKey, group: GroupSeal): SealContext {
  return {
    key: packKey.key,
    purpose: packKey.packClass === 'data' ? 'data-group' : 'metadata-group',
    box: packKey.box,
    id: group.pack,
    binding: group.binding,
    fields: {
      type: SEAL_TYPE.group,
      generation: packKey.generation,
      codec: group.codec,
      position: group.position,
      plainBytes: group.plainBytes,
    },
  }
}

/**
 * Opens one sealed group: `sealed` = pack.subarray(place.offset, place.offset + place.length). Each of its chunks
 * is covered by the seal; PACK_DAMAGED when it does not hold.
 */
export function openGroup(keys: VaultKeys, place: GroupPlace, sealed: Uint8Array): Uint8Array {
  const packKey = packKeyOf(keys, place.packClass, place.generation)
  return openGroupWith(packKey, fromHex(place.pack), place, sealed)
}

export function openGroupWith(
  packKey: PackKey,
  pack: Uint8Array,
  group: { position: number; codec: number; plainBytes: number; binding: Uint8Array; length: number },
  sealed: Uint8Array,
): Uint8Array {
  const where = { pack: Buffer.from(pack).toString('hex'), position: group.position }
  if (sealed.byteLength !== group.length) throw packDamaged('a group is cut short', where)
  try {
    const body = open(groupContext(packKey, { ...group, pack }), sealed)
    const plain = decompress(body, group.codec, group.plainBytes)
    if (plain !== body) release(body)
    return plain
  } catch (cause) {
    throw packDamaged('a group does not open', { ...where, reason: codeOf(cause) }, cause)
  }
}

/** Re-hashes each chunk of an opened group. */
export function checkChunks(
  keys: VaultKeys,
  packClass: PackClass,
  plain: Uint8Array,
  chunks: readonly TableChunk[],
  where: { readonly pack: string; readonly position: number },
): void {
  let at = 0
  for (const chunk of chunks) {
    const id = chunkIdOf(keys, packClass, plain.subarray(at, at + chunk.bytes))
    if (!bytesEqual(id, chunk.id)) throw packDamaged('a chunk is not what its name says', where)
    at += chunk.bytes
  }
  if (at !== plain.byteLength) throw packDamaged('a group has more than its chunks', where)
}

export function packDamaged(cause: string, details: Record<string, unknown>, error?: unknown): DatisError {
  return new DatisError('PACK_DAMAGED', 'A pack is damaged.', { cause, ...details }, { cause: error })
}

/** 4.2 CPU s/GiB. Below, binaries take about a tenth more room and hardly less time. */
const ZSTD_LEVEL = 3
const PROBE_SAMPLE_BYTES = 16 * KiB
const PROBE_WORTH = 0.97

export function compress(plain: Uint8Array): { codec: number; body: Uint8Array } {
  const stored = { codec: CODEC_STORED, body: plain }
  if (plain.byteLength >= PROBE_BYTES_MIN && !worthCompressing(plain)) return stored
  const body = zstd(plain, ZSTD_LEVEL)
  return body.byteLength < plain.byteLength ? { codec: CODEC_ZSTD, body } : stored
}

function worthCompressing(plain: Uint8Array): boolean {
  let compressedBytes = 0
  for (const part of [0, 0.5, 0.9]) {
    const at = Math.floor((plain.byteLength - PROBE_SAMPLE_BYTES) * part)
    compressedBytes += zstd(plain.subarray(at, at + PROBE_SAMPLE_BYTES), 1).byteLength
  }
  return compressedBytes <= PROBE_WORTH * 3 * PROBE_SAMPLE_BYTES
}

function zstd(plain: Uint8Array, level: number): Uint8Array {
  // With the length pledged and one output buffer that is large enough, zstd works in a single pass.
  return zstdCompressSync(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: plain.byteLength,
    chunkSize: plain.byteLength + (plain.byteLength >>> 7) + 1024,
  })
}

/** The length comes from additional data or the table, never from the compressed bytes (security rule 11). */
function decompress(body: Uint8Array, codec: number, plainBytes: number): Uint8Array {
  if (codec === CODEC_STORED) {
    if (body.byteLength !== plainBytes) throw new RangeError('stored group of another length')
    return body
  }
  assert(codec === CODEC_ZSTD, 'a table holds known codecs only')
  const plain = zstdDecompressSync(body, { maxOutputLength: plainBytes, chunkSize: Math.max(64, plainBytes + 64) })
  if (plain.byteLength !== plainBytes) throw new RangeError('group of another length')
  return plain
}
