/**
 * The shape of a pack, without its secrets: lengths, table, footer. docs/formats/pack.md is the same for strangers.
 *
 *     sealed groups back to back │ random padding │ sealed table │ sealed footer (FOOTER_SEALED_BYTES)
 */
import { assert, DatisError } from '#base'
import { SEAL_OVERHEAD_BYTES } from '#crypto'
import { CHUNK_BYTES_MAX, PACK_BYTES_MAX, PACK_CHUNKS_MAX } from './limits.ts'

export const PACK_FORMAT = 1
export const CODEC_STORED = 0
export const CODEC_ZSTD = 1

/** What the chunks of a group are. Groups never mix kinds, so that index parts are found by the table alone. */
export const GROUP_KIND = { data: 0, tree: 1, indexPart: 2 } as const
export type GroupKind = (typeof GROUP_KIND)[keyof typeof GROUP_KIND]

export interface TableChunk {
  readonly id: Uint8Array
  readonly bytes: number
}

export interface TableGroup {
  readonly kind: GroupKind
  readonly codec: number
  readonly offset: number
  readonly length: number
  readonly plainBytes: number
  readonly chunks: readonly TableChunk[]
}

export interface PackTable {
  readonly groups: readonly TableGroup[]
}

const HEADER_BYTES = 8
const GROUP_BYTES = 16
const CHUNK_BYTES = 36

export function tablePlainBytes(groups: number, chunks: number): number {
  return HEADER_BYTES + groups * GROUP_BYTES + chunks * CHUNK_BYTES
}

/**
 * All numbers little-endian.
 *
 *     offset  bytes  field
 *          0      4  number of groups g
 *          4      4  number of chunks c
 *          8   16·g  groups in order: sealed length u32, plain length u32, number of chunks u32, codec u8, kind u8, zero u16
 *   8 + 16·g   36·c  chunks of all groups in order: id (32), length u32
 */
export function encodeTable(table: PackTable): Uint8Array {
  const chunkCount = table.groups.reduce((sum, group) => sum + group.chunks.length, 0)
  const bytes = Buffer.alloc(tablePlainBytes(table.groups.length, chunkCount))
  bytes.writeUInt32LE(table.groups.length, 0)
  bytes.writeUInt32LE(chunkCount, 4)
  let at = HEADER_BYTES
  for (const group of table.groups) {
    bytes.writeUInt32LE(group.length, at)
    bytes.writeUInt32LE(group.plainBytes, at + 4)
    bytes.writeUInt32LE(group.chunks.length, at + 8)
    bytes.writeUInt8(group.codec, at + 12)
    bytes.writeUInt8(group.kind, at + 13)
    at += GROUP_BYTES
  }
  for (const group of table.groups) {
    for (const chunk of group.chunks) {
      bytes.set(chunk.id, at)
      bytes.writeUInt32LE(chunk.bytes, at + 32)
      at += CHUNK_BYTES
    }
  }
  return bytes
}

/** Refuses all that a writer of ours would not have written; `damage` names what is wrong. */
export function parseTable(plain: Uint8Array): PackTable {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
  const { groupCount, chunkCount } = parseTableHeader(bytes)
  const groups: TableGroup[] = []
  let chunkAt = HEADER_BYTES + groupCount * GROUP_BYTES
  let chunksLeft = chunkCount
  let offset = 0
  for (let position = 0; position < groupCount; position++) {
    const at = HEADER_BYTES + position * GROUP_BYTES
    const count = bytes.readUInt32LE(at + 8)
    if (count === 0 || count > chunksLeft) throw tableInvalid('chunks')
    const chunks = parseChunks(bytes.subarray(chunkAt, chunkAt + count * CHUNK_BYTES))
    const group = parseGroup(bytes.subarray(at, at + GROUP_BYTES), offset, chunks)
    groups.push(group)
    offset += group.length
    chunkAt += count * CHUNK_BYTES
    chunksLeft -= count
  }
  if (chunksLeft !== 0) throw tableInvalid('chunks')
  return { groups }
}

function parseTableHeader(bytes: Buffer): { groupCount: number; chunkCount: number } {
  if (bytes.byteLength < HEADER_BYTES) throw tableInvalid('header')
  const groupCount = bytes.readUInt32LE(0)
  const chunkCount = bytes.readUInt32LE(4)
  if (chunkCount > PACK_CHUNKS_MAX || groupCount > chunkCount) throw tableInvalid('counts')
  if (bytes.byteLength !== tablePlainBytes(groupCount, chunkCount)) throw tableInvalid('length')
  return { groupCount, chunkCount }
}

function parseGroup(bytes: Buffer, offset: number, chunks: readonly TableChunk[]): TableGroup {
  const length = bytes.readUInt32LE(0)
  const plainBytes = bytes.readUInt32LE(4)
  const codec = bytes.readUInt8(12)
  const kind = bytes.readUInt8(13)
  if (codec !== CODEC_STORED && codec !== CODEC_ZSTD) throw tableInvalid('codec')
  if (kind !== GROUP_KIND.data && kind !== GROUP_KIND.tree && kind !== GROUP_KIND.indexPart) throw tableInvalid('kind')
  if (bytes.readUInt16LE(14) !== 0) throw tableInvalid('reserved')
  if (length <= SEAL_OVERHEAD_BYTES || offset + length > PACK_BYTES_MAX) throw tableInvalid('group length')
  if (plainBytes > CHUNK_BYTES_MAX) throw tableInvalid('plain length')
  if (chunks.reduce((sum, chunk) => sum + chunk.bytes, 0) !== plainBytes) throw tableInvalid('chunk lengths')
  return { kind, codec, offset, length, plainBytes, chunks }
}

function parseChunks(bytes: Buffer): TableChunk[] {
  const chunks: TableChunk[] = []
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    // Copied: tables outlive the packs they were read from.
    chunks.push({ id: new Uint8Array(bytes.subarray(at, at + 32)), bytes: bytes.readUInt32LE(at + 32) })
  }
  return chunks
}

function tableInvalid(where: string): DatisError {
  return new DatisError('PACK_TABLE_INVALID', 'The table of a pack does not have the form it must have.', { where })
}

export interface PackFooter {
  readonly groupsBytes: number
  readonly tableOffset: number
  /** Sealed. */
  readonly tableBytes: number
  readonly at: number
  /** SHA-256 of the padding: it is the one part that no seal covers, and a scrub must see each flipped bit. */
  readonly paddingHash: Uint8Array
}

export const FOOTER_PLAIN_BYTES = 56
export const FOOTER_SEALED_BYTES = FOOTER_PLAIN_BYTES + SEAL_OVERHEAD_BYTES

/**
 *     offset  bytes  field
 *          0      4  format = 1
 *          4      4  length of all groups (= where the padding starts)
 *          8      4  offset of the sealed table (= where the padding ends)
 *         12      4  length of the sealed table
 *         16      8  when the pack was closed, ms since 1970
 *         24     32  SHA-256 of the padding
 */
export function encodeFooter(footer: PackFooter): Uint8Array {
  const bytes = Buffer.alloc(FOOTER_PLAIN_BYTES)
  bytes.writeUInt32LE(PACK_FORMAT, 0)
  bytes.writeUInt32LE(footer.groupsBytes, 4)
  bytes.writeUInt32LE(footer.tableOffset, 8)
  bytes.writeUInt32LE(footer.tableBytes, 12)
  bytes.writeBigUInt64LE(BigInt(footer.at), 16)
  bytes.set(footer.paddingHash, 24)
  return bytes
}

export function parseFooter(plain: Uint8Array, packBytes: number): PackFooter {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
  assert(bytes.byteLength === FOOTER_PLAIN_BYTES, 'the seal fixes the length of a footer')
  const format = bytes.readUInt32LE(0)
  if (format !== PACK_FORMAT) {
    throw new DatisError('FORMAT_UNKNOWN', 'A newer Datis wrote this pack.', { what: 'pack', format })
  }
  const footer = {
    groupsBytes: bytes.readUInt32LE(4),
    tableOffset: bytes.readUInt32LE(8),
    tableBytes: bytes.readUInt32LE(12),
    at: Number(bytes.readBigUInt64LE(16)),
    paddingHash: new Uint8Array(bytes.subarray(24, 56)),
  }
  const tableEnd = footer.tableOffset + footer.tableBytes
  if (footer.groupsBytes > footer.tableOffset || tableEnd !== packBytes - FOOTER_SEALED_BYTES) {
    throw tableInvalid('footer')
  }
  return footer
}

/**
 * Padmé (Nikitin et al., PETS 2019): rounds a length up so that it leaks O(log log) bits, at most 12 % more and about
 * 1 % for a full pack.
 */
export function padmeBytes(bytes: number): number {
  if (bytes < 2) return bytes
  const exponent = Math.floor(Math.log2(bytes))
  const kept = Math.floor(Math.log2(exponent)) + 1
  const step = 2 ** Math.max(0, exponent - kept)
  return Math.ceil(bytes / step) * step
}

export function paddedPackBytes(contentBytes: number, floorBytes: number): number {
  return Math.max(padmeBytes(contentBytes), floorBytes)
}
