/** One open pack in memory: groups are appended, then it is closed into the bytes of a file. Pure but for chance. */
import { assert, type Random, toHex } from '#base'
import { SEAL_OVERHEAD_BYTES, type SealContext, sealInto, sha256 } from '#crypto'
import { bindingOf, groupContext, type PackKey } from './group.ts'
import { PACK_BYTES_MAX, PACK_CHUNKS_MAX } from './limits.ts'
import {
  encodeFooter,
  encodeTable,
  FOOTER_SEALED_BYTES,
  type GroupKind,
  paddedPackBytes,
  type TableChunk,
  type TableGroup,
  tablePlainBytes,
} from './pack-format.ts'
import { footerContext, tableContext } from './pack-reader.ts'
import type { PackId } from './types.ts'

const FRESH_BYTES = 32
const GROW_BYTES_MIN = 64 * 1024

export interface ClosedPack {
  readonly id: PackId
  /** Valid until the builder gets its next group. */
  readonly bytes: Uint8Array
  readonly table: Uint8Array
  /** Sealed length of the table. */
  readonly tableBytes: number
}

export interface NewGroup {
  readonly kind: GroupKind
  readonly codec: number
  /** After compression. */
  readonly body: Uint8Array
  readonly plainBytes: number
  readonly chunks: readonly TableChunk[]
}

export class PackBuilder {
  readonly #random: Random
  readonly #packKey: PackKey
  readonly #targetBytes: number
  readonly #floorBytes: number
  #buffer: Buffer = Buffer.alloc(0)
  #length = 0
  #id: Uint8Array = new Uint8Array(0)
  #groups: TableGroup[] = []
  #chunkCount = 0

  constructor(random: Random, packKey: PackKey, sizes: { targetBytes: number; floorBytes: number }) {
    this.#random = random
    this.#packKey = packKey
    this.#targetBytes = sizes.targetBytes
    this.#floorBytes = sizes.floorBytes
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0
  }

  /** Whether a group still fits; an empty pack takes any. */
  fits(bodyBytes: number, chunkCount: number): boolean {
    if (this.isEmpty) return true
    if (this.#chunkCount + chunkCount > PACK_CHUNKS_MAX) return false
    const groupsBytes = this.#length + bodyBytes + SEAL_OVERHEAD_BYTES
    return this.#contentBytes(groupsBytes, this.#groups.length + 1, this.#chunkCount + chunkCount) <= this.#targetBytes
  }

  add(group: NewGroup): void {
    // Drawn at open, so that a crash never leaves two packs of one name.
    if (this.isEmpty) this.#id = this.#random.bytes(32)
    const { kind, codec, body, plainBytes, chunks } = group
    const binding = bindingOf(chunks)
    const place = { pack: this.#id, position: this.#groups.length, codec, plainBytes, binding }
    const offset = this.#length
    // Into the pack itself: a copy of each group would be a GiB of garbage a GiB.
    this.#append(groupContext(this.#packKey, place), body)
    this.#groups.push({ kind, codec, offset, length: this.#length - offset, plainBytes, chunks })
    this.#chunkCount += chunks.length
  }

  close(at: number): ClosedPack {
    assert(!this.isEmpty, 'an empty pack is never closed')
    const groupsBytes = this.#length
    const table = encodeTable({ groups: this.#groups })
    const contentBytes = this.#contentBytes(groupsBytes, this.#groups.length, this.#chunkCount)
    const packBytes = paddedPackBytes(contentBytes, this.#floorBytes)
    assert(packBytes <= PACK_BYTES_MAX, 'a pack stays under its limit')
    const padding = this.#random.bytes(packBytes - contentBytes)
    this.#reserve(padding.byteLength)
    this.#buffer.set(padding, this.#length)
    this.#length += padding.byteLength
    const tableOffset = this.#length
    this.#append(tableContext(this.#packKey, this.#id, table.byteLength), table)
    const tableBytes = this.#length - tableOffset
    const footer = encodeFooter({ groupsBytes, tableOffset, tableBytes, at, paddingHash: sha256(padding) })
    this.#append(footerContext(this.#packKey, this.#id), footer)
    assert(this.#length === packBytes, 'a pack has the length that was computed')
    const closed = { id: toHex(this.#id), bytes: this.#buffer.subarray(0, packBytes), table, tableBytes }
    this.#length = 0
    this.#groups = []
    this.#chunkCount = 0
    return closed
  }

  #contentBytes(groupsBytes: number, groups: number, chunks: number): number {
    return groupsBytes + tablePlainBytes(groups, chunks) + SEAL_OVERHEAD_BYTES + FOOTER_SEALED_BYTES
  }

  #append(context: SealContext, plain: Uint8Array): void {
    this.#reserve(plain.byteLength + SEAL_OVERHEAD_BYTES)
    const fresh = this.#random.bytes(FRESH_BYTES)
    this.#length += sealInto(context, plain, fresh, this.#buffer, this.#length)
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#buffer.byteLength) return
    // Doubling keeps a box with small packs (a simulation, a quiet day) from paying for full ones.
    const doubled = Math.min(this.#targetBytes, Math.max(GROW_BYTES_MIN, 2 * this.#buffer.byteLength))
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, doubled))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }
}
