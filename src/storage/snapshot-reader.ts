/** A snapshot to look into: its files as streams of bytes, from local packs, else from peers. Nothing is written. */
import { type BytePath, bytesEqual, codeOf, DatisError, toHex } from '#base'
import { chunkIdOf, openGroup, packDamaged, unpackRefs } from './group.ts'
import { PackFetcher, type PackInput } from './restore-fetch.ts'
import type { RestoreDeps, RestoreOptions } from './restore-types.ts'
import type { TreeEntry } from './tree.ts'
import { checkedContentRefs, entryAt, type WalkedEntry, walkSnapshot } from './tree-reader.ts'
import type { ChunkPlace, ChunkRef, GroupPlace, PackId, Snapshot } from './types.ts'

/** Packs that were fetched for one file serve the next. Reads one file at a time. */
export class SnapshotReader implements AsyncDisposable {
  readonly #snapshot: Snapshot
  readonly #deps: RestoreDeps
  readonly #signal: AbortSignal
  readonly #fetcher: PackFetcher
  /** The group that was opened last: chunks of a file are neighbours. */
  #opened: { readonly key: string; readonly plain: Uint8Array } | null = null

  constructor(
    deps: RestoreDeps,
    snapshot: Snapshot,
    { fetchPack, signal }: Pick<RestoreOptions, 'fetchPack' | 'signal'>,
  ) {
    const { store, random } = deps
    this.#snapshot = snapshot
    const kept = `read-${toHex(random.bytes(8))}`
    this.#deps = deps
    this.#signal = signal
    this.#fetcher = new PackFetcher(
      { ...deps, fetch: fetchPack, keptPath: (pack) => store.temporaryPath(`${kept}-${pack}`) },
      signal,
    )
  }

  /** PATH_UNKNOWN */
  entry(path: BytePath): Promise<TreeEntry> {
    return entryAt(this.#deps.store, this.#snapshot, path)
  }

  /** PATH_UNKNOWN */
  walk(path: BytePath): AsyncGenerator<WalkedEntry> {
    return walkSnapshot(this.#deps.store, this.#snapshot, path)
  }

  /** Each chunk is verified by its id. FORMAT_INVALID, CHUNK_UNKNOWN, PACK_DAMAGED, STRIPE_UNREACHABLE */
  async *read({ content, bytes, incomplete }: TreeEntry): AsyncGenerator<Uint8Array> {
    if (content === null) {
      throw new DatisError('FILE_NOT_SAVED', 'The snapshot has no content of this file.', {
        cause: incomplete ?? 'ENODATA',
      })
    }
    for await (const packed of checkedContentRefs(this.#deps.store, content, bytes)) {
      for (const ref of unpackRefs(packed)) {
        this.#signal.throwIfAborted()
        yield await this.#chunk(ref)
      }
    }
  }

  /** Tries each place of the chunk, here and then at peers, before it gives up. */
  async #chunk({ id, bytes }: ChunkRef): Promise<Uint8Array> {
    const avoid = new Set<PackId>()
    let failure: unknown = null
    for (;;) {
      const place = this.#placeOf(id, avoid, failure)
      for (const local of place.group.packLocal ? [true, false] : [false]) {
        try {
          return await this.#chunkAt({ id, bytes }, place, local)
        } catch (error) {
          this.#signal.throwIfAborted()
          failure = error
        }
      }
      avoid.add(place.group.pack)
    }
  }

  #placeOf(id: Uint8Array, avoid: ReadonlySet<PackId>, failure: unknown): ChunkPlace {
    try {
      const [place] = this.#deps.store.placesOf([id], avoid)
      if (place !== undefined && !avoid.has(place.group.pack)) return place
    } catch (error) {
      if (codeOf(error) !== 'CHUNK_UNKNOWN' || failure === null) throw error
    }
    throw failure
  }

  async #chunkAt({ id, bytes }: ChunkRef, place: ChunkPlace, local: boolean): Promise<Uint8Array> {
    const { keys } = this.#deps.store
    const group = await this.#group(place.group, local)
    const plain = group.slice(place.offset, place.offset + place.bytes)
    if (plain.byteLength === bytes && bytesEqual(chunkIdOf(keys, 'data', plain), id)) return plain
    throw packDamaged('a chunk is not what its name says', { pack: place.group.pack, position: place.group.position })
  }

  async #group(group: GroupPlace, local: boolean): Promise<Uint8Array> {
    const key = `${local} ${group.pack} ${group.position}`
    if (this.#opened?.key === key) return this.#opened.plain
    const plain = openGroup(this.#deps.store.keys, group, await this.#sealed(group, local))
    this.#opened = { key, plain }
    return plain
  }

  async #sealed(group: GroupPlace, local: boolean): Promise<Uint8Array> {
    if (local) return this.#range({ path: this.#deps.store.packPath(group.pack) }, group)
    const input = await this.#fetcher.get(group.pack)
    try {
      return this.#range(input, group)
    } finally {
      this.#fetcher.giveBack(group.pack, input.bytes ?? null)
    }
  }

  /** A copy: the pack may be dropped before the group is opened. */
  #range(input: PackInput, { offset, length }: GroupPlace): Uint8Array {
    if (input.bytes !== undefined) return input.bytes.slice(offset, offset + length)
    using file = this.#deps.disk.open(input.path, 'read')
    const bytes = Buffer.allocUnsafeSlow(length)
    return bytes.subarray(0, file.read(bytes, offset))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fetcher[Symbol.asyncDispose]()
  }
}
