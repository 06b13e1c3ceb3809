/** Reading from a vault: places of chunks, metadata chunks, packs. */
import { bytesEqual, codeOf, DatisError, type Disk, pathFromBytes, toHex } from '#base'
import { chunkIdOf, openGroup, packDamaged, unpackRefs } from './group.ts'
import type { IndexStore } from './index-store.ts'
import { packPath, readPackFile, type VaultPaths } from './pack-files.ts'
import { FOOTER_SEALED_BYTES, type PackTable } from './pack-format.ts'
import { openPackFooter, openSealedTable, type PackToOpen } from './pack-reader.ts'
import type { ChunkPlace, GroupPlace, PackId, VaultKeys } from './types.ts'

/** Opened groups of metadata kept in memory: walking a snapshot reads neighbours. About 1 MiB each. */
const GROUPS_KEPT_MAX = 16

export interface ReaderDeps {
  readonly disk: Disk
  readonly paths: VaultPaths
  readonly keys: VaultKeys
}

export class VaultReader {
  readonly #deps: ReaderDeps
  readonly #index: () => IndexStore
  /** Insertion order is the order of use. */
  readonly #groups = new Map<string, Uint8Array>()

  constructor(deps: ReaderDeps, index: () => IndexStore) {
    this.#deps = deps
    this.#index = index
  }

  placesOf(ids: readonly Uint8Array[], avoid?: ReadonlySet<PackId>): ChunkPlace[] {
    const index = this.#index()
    return ids.map((id) => {
      const place = index.place(id, avoid)
      if (!place) throw chunkUnknown(id)
      return place
    })
  }

  hasChunks(packedRefs: Uint8Array): boolean {
    return unpackRefs(packedRefs).every((ref) => this.#index().hasChunk(ref.id))
  }

  /** Tries each place of the chunk before it gives up. */
  readTree(id: Uint8Array): Uint8Array {
    const avoid = new Set<PackId>()
    let failure: unknown
    for (;;) {
      const place = this.#index().place(id, avoid)
      if (!place) throw failure ?? chunkUnknown(id)
      try {
        return this.#readTreeAt(id, place)
      } catch (error) {
        failure ??= error
        avoid.add(place.group.pack)
      }
    }
  }

  #readTreeAt(id: Uint8Array, place: ChunkPlace): Uint8Array {
    const plain = this.readChunk(place)
    if (!bytesEqual(chunkIdOf(this.#deps.keys, 'metadata', plain), id)) {
      throw packDamaged('a chunk is not what its name says', { pack: place.group.pack, position: place.group.position })
    }
    return plain
  }

  /** A copy: the caller may keep it, and the group goes back to the cache. */
  readChunk(place: ChunkPlace): Uint8Array {
    return new Uint8Array(this.#openGroup(place.group).subarray(place.offset, place.offset + place.bytes))
  }

  #openGroup(group: GroupPlace): Uint8Array {
    const key = `${pathFromBytes(group.binding)}${group.pack}`
    const kept = this.#groups.get(key)
    if (kept) {
      this.#groups.delete(key)
      this.#groups.set(key, kept)
      return kept
    }
    const plain = openGroup(this.#deps.keys, group, this.#readSealedGroup(group))
    this.#groups.set(key, plain)
    if (this.#groups.size > GROUPS_KEPT_MAX) this.#groups.delete(this.#groups.keys().next().value ?? key)
    return plain
  }

  #readSealedGroup(group: GroupPlace): Uint8Array {
    if (!group.packLocal) throw packNotLocal(group.pack)
    return this.#readRange(group.pack, group.offset, group.length)
  }

  #readRange(pack: PackId, offset: number, length: number): Uint8Array {
    try {
      using file = this.#deps.disk.open(packPath(this.#deps.paths, pack), 'read')
      const bytes = Buffer.allocUnsafeSlow(length)
      return bytes.subarray(0, file.read(bytes, offset))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw packNotLocal(pack)
      throw error
    }
  }

  /** The table of a local pack, without reading its groups. */
  readTable(pack: PackToOpen & { readonly bytes: number }): { table: PackTable; tablePlain: Uint8Array } {
    const { keys } = this.#deps
    const tail = this.#readRange(pack.id, Math.max(0, pack.bytes - FOOTER_SEALED_BYTES), FOOTER_SEALED_BYTES)
    const footer = openPackFooter(tail, pack.bytes, keys, pack)
    return openSealedTable(this.#readRange(pack.id, footer.tableOffset, footer.tableBytes), keys, pack)
  }

  readPack(id: PackId): Uint8Array {
    const pack = this.#index().pack(id)
    if (!pack) throw new DatisError('PACK_UNKNOWN', 'The log names no such pack.', { pack: id })
    if (!pack.local) throw packNotLocal(id)
    try {
      return readPackFile(this.#deps.disk, this.#deps.paths, id)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw packNotLocal(id)
      throw error
    }
  }
}

function chunkUnknown(id: Uint8Array): DatisError {
  return new DatisError('CHUNK_UNKNOWN', 'No pack holds this chunk.', { chunk: toHex(id) })
}

export function packNotLocal(pack: PackId): DatisError {
  return new DatisError('PACK_NOT_LOCAL', 'A pack is not on the local disk.', { pack })
}
