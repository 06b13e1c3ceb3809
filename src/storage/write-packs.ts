/** A worker's open packs, one a class: groups go in, full packs go to the disk and are reported. */
import { type JobWorld, release } from '#base'
import { compress, newestPackKey } from './group.ts'
import { PackBuilder } from './pack-builder.ts'
import { vaultPaths, writePackFile } from './pack-files.ts'
import { GROUP_KIND, type GroupKind, type TableChunk } from './pack-format.ts'
import type { PackClass } from './types.ts'
import { CHUNK_REF_BYTES } from './types.ts'
import { type SealedReport, WRITE_CALLS, type WriteJobInput } from './write-protocol.ts'

export class PackWriter {
  readonly #world: JobWorld
  readonly #input: WriteJobInput
  readonly #packClass: PackClass
  readonly #builder: PackBuilder
  readonly #generation: number

  constructor(world: JobWorld, input: WriteJobInput, packClass: PackClass) {
    this.#world = world
    this.#input = input
    this.#packClass = packClass
    const packKey = newestPackKey(input.keys, packClass)
    this.#generation = packKey.generation
    const sizes = { targetBytes: input.packBytesTarget, floorBytes: input.padFloorBytes }
    this.#builder = new PackBuilder(world.random, packKey, sizes)
  }

  async addGroup(kind: GroupKind, plain: Uint8Array, chunks: readonly TableChunk[]): Promise<void> {
    const { codec, body } = compress(plain)
    if (!this.#builder.fits(body.byteLength, chunks.length)) await this.flush()
    this.#builder.add({ kind, codec, body, plainBytes: plain.byteLength, chunks })
    if (body !== plain) release(body)
  }

  /** Closes the open pack, if any: when it resolves the pack is on the disk and in the log. */
  async flush(): Promise<void> {
    if (this.#builder.isEmpty) return
    const at = this.#world.clock.wall()
    const { id, bytes, table, tableBytes } = this.#builder.close(at)
    writePackFile(this.#world.disk, vaultPaths(this.#input.folder), id, bytes)
    const report: SealedReport = {
      pack: id,
      class: this.#packClass,
      generation: this.#generation,
      bytes: bytes.byteLength,
      table,
      tableBytes,
      at,
    }
    await this.#world.call(WRITE_CALLS.sealed, report)
  }
}

/** Gathers the chunks of small files that lie one behind the other in `buffer` into groups. */
export class GroupGatherer {
  readonly #packs: PackWriter
  readonly #targetBytes: number
  readonly #chunksMax: number
  #chunks: TableChunk[] = []
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(packs: PackWriter, limits: { targetBytes: number; chunksMax: number }) {
    this.#packs = packs
    this.#targetBytes = limits.targetBytes
    this.#chunksMax = limits.chunksMax
  }

  /** `plain` must stay as it is until `flush`. */
  async add(id: Uint8Array, plain: Uint8Array): Promise<void> {
    this.#chunks.push({ id, bytes: plain.byteLength })
    this.#join(plain)
    this.#bytes += plain.byteLength
    if (this.#bytes >= this.#targetBytes || this.#chunks.length >= this.#chunksMax) await this.flush()
  }

  async flush(): Promise<void> {
    const [first, ...others] = this.#parts
    if (!first) return
    const plain = others.length === 0 ? first : Buffer.concat(this.#parts, this.#bytes)
    await this.#packs.addGroup(GROUP_KIND.data, plain, this.#chunks)
    if (plain !== first) release(plain)
    this.#chunks = []
    this.#parts = []
    this.#bytes = 0
  }

  /** Neighbours in one buffer become one part: a first snapshot then copies nothing. */
  #join(plain: Uint8Array): void {
    const last = this.#parts.at(-1)
    if (last && last.buffer === plain.buffer && last.byteOffset + last.byteLength === plain.byteOffset) {
      const joined = new Uint8Array(plain.buffer, last.byteOffset, last.byteLength + plain.byteLength)
      this.#parts[this.#parts.length - 1] = joined
    } else {
      this.#parts.push(plain)
    }
  }
}

/** References of a task, packed as they come. */
export class RefList {
  #bytes: Buffer = Buffer.allocUnsafeSlow(64 * CHUNK_REF_BYTES)
  #count = 0

  get count(): number {
    return this.#count
  }

  push(id: Uint8Array, bytes: number): void {
    const at = this.#count * CHUNK_REF_BYTES
    if (at === this.#bytes.byteLength) {
      const grown = Buffer.allocUnsafeSlow(2 * at)
      this.#bytes.copy(grown)
      this.#bytes = grown
    }
    this.#bytes.set(id, at)
    this.#bytes.writeUInt32LE(bytes, at + 32)
    this.#count++
  }

  /** Forgets what came after the first `count`: a file is read again. */
  truncate(count: number): void {
    this.#count = count
  }

  take(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#count * CHUNK_REF_BYTES))
  }
}
