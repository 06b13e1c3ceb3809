import { type BytePath, codeOf } from '#base'
import { unpackRefs } from './group.ts'
import { contentRefs, walkSnapshot } from './tree-reader.ts'
import type { ChunkPlace, ChunkStore, PackId, SnapshotRecord } from './types.ts'

/**
 * Data packs that a restore of `path` reads and that are not on the local disk: to know beforehand whether it can end.
 * Those in `avoid` are named only for chunks that no other pack holds.
 */
export async function remotePacksOf(
  store: ChunkStore,
  snapshot: SnapshotRecord,
  path: BytePath,
  avoid: ReadonlySet<PackId>,
): Promise<Set<PackId>> {
  const packs = new Set<PackId>()
  for await (const { entry } of walkSnapshot(store, snapshot, path)) {
    if (entry.content === null) continue
    for await (const packed of contentRefs(store, entry.content)) {
      const ids = unpackRefs(packed).map(({ id }) => id)
      for (const { group } of placesBeside(store, ids, avoid)) if (!group.packLocal) packs.add(group.pack)
    }
  }
  return packs
}

function placesBeside(store: ChunkStore, ids: readonly Uint8Array[], avoid: ReadonlySet<PackId>): ChunkPlace[] {
  const places = store.placesOf(ids)
  if (!places.some(({ group }) => !group.packLocal && avoid.has(group.pack))) return places
  return ids.flatMap((id) => otherPlaces(store, id, avoid) ?? store.placesOf([id]))
}

function otherPlaces(store: ChunkStore, id: Uint8Array, avoid: ReadonlySet<PackId>): ChunkPlace[] | undefined {
  try {
    return store.placesOf([id], avoid)
  } catch (error) {
    if (codeOf(error) !== 'CHUNK_UNKNOWN') throw error
    return undefined
  }
}
