/**
 * A restore for practice: files rebuilt from what hosts give alone, as if nothing were here, and compared with what was
 * hashed when they were saved. Nothing is written.
 */
import { bytesEqual, codeOf, DatisError, type Random } from '#base'
import { chunkIdOf, openGroup, unpackRefs } from './group.ts'
import type { FailedItem } from './restore-types.ts'
import type { VaultStore } from './store.ts'
import { contentRefs, type WalkedEntry, walkSnapshot } from './tree-reader.ts'
import type { ChunkPlace, FetchPack, PackId, Snapshot, VaultRunOptions } from './types.ts'

export interface DrillOptions extends VaultRunOptions {
  /** How many files; all, when there are fewer. */
  readonly sample: number
  readonly random: Pick<Random, 'below'>
  readonly fetchPack: FetchPack
}

export interface DrillReport {
  readonly files: number
  readonly bytes: number
  readonly packs: number
  readonly failed: readonly FailedItem[]
}

interface Wanted {
  readonly id: Uint8Array
  readonly place: ChunkPlace
  readonly file: WalkedEntry
}

export async function drillSnapshot(
  store: VaultStore,
  snapshot: Snapshot,
  options: DrillOptions,
): Promise<DrillReport> {
  const files = await sampled(store, snapshot, options)
  const failed = new Map<WalkedEntry, string>()
  const byPack = new Map<PackId, Wanted[]>()
  for (const file of files) await collect(store, file, byPack, failed)
  let bytes = 0
  let packs = 0
  for (const [id, wanted] of byPack) {
    options.signal.throwIfAborted()
    bytes += await tryPack(store, id, wanted, options, failed)
    packs++
    options.onProgress?.({ phase: 'drill', filesDone: packs, filesTotal: byPack.size, bytesDone: bytes })
  }
  const items = [...failed].map(([{ path }, cause]) => ({ path, cause }))
  return { files: files.length, bytes, packs, failed: items }
}

/** Any file as likely as any other, however many there are. */
async function sampled(
  store: VaultStore,
  snapshot: Snapshot,
  { sample, random, signal }: DrillOptions,
): Promise<WalkedEntry[]> {
  const chosen: WalkedEntry[] = []
  let seen = 0
  for await (const walked of walkSnapshot(store, snapshot, '' as never)) {
    signal.throwIfAborted()
    if (walked.entry.kind !== 'file' || walked.entry.content === null) continue
    seen++
    if (chosen.length < sample) chosen.push(walked)
    else {
      const at = random.below(seen)
      if (at < sample) chosen[at] = walked
    }
  }
  return chosen
}

async function collect(
  store: VaultStore,
  file: WalkedEntry,
  byPack: Map<PackId, Wanted[]>,
  failed: Map<WalkedEntry, string>,
): Promise<void> {
  if (file.entry.content === null) return
  for await (const packed of contentRefs(store, file.entry.content)) {
    for (const { id } of unpackRefs(packed)) {
      const place = store.index.remotePlace(id)
      if (place === undefined) failed.set(file, 'CHUNK_UNKNOWN')
      else byPack.set(place.group.pack, [...(byPack.get(place.group.pack) ?? []), { id, place, file }])
    }
  }
}

/** Bytes that came back as they were saved. */
async function tryPack(
  store: VaultStore,
  id: PackId,
  wanted: readonly Wanted[],
  { fetchPack, signal }: DrillOptions,
  failed: Map<WalkedEntry, string>,
): Promise<number> {
  try {
    const pack = await fetchPack(id, signal)
    return wanted.reduce((sum, one) => sum + tryChunk(store, pack, one, failed), 0)
  } catch (error) {
    signal.throwIfAborted()
    for (const { file } of wanted) failed.set(file, codeOf(error))
    return 0
  }
}

function tryChunk(
  store: VaultStore,
  pack: Uint8Array,
  { id, place, file }: Wanted,
  failed: Map<WalkedEntry, string>,
): number {
  const { group, offset, bytes } = place
  try {
    const plain = openGroup(store.keys, group, pack.subarray(group.offset, group.offset + group.length))
    const chunk = plain.subarray(offset, offset + bytes)
    if (bytesEqual(chunkIdOf(store.keys, 'data', chunk), id)) return bytes
    failed.set(file, 'CHUNK_CHANGED')
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    failed.set(file, error.code)
  }
  return 0
}
