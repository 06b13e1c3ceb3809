import type { BytePath } from '#base'
import { unpackRefs } from './group.ts'
import { contentRefs, walkSnapshot } from './tree-reader.ts'
import type { ChunkStore, PackId, SnapshotRecord } from './types.ts'

/** Data packs that a restore of `path` reads and that are not on the local disk: to know beforehand whether it can end. */
export async function remotePacksOf(store: ChunkStore, snapshot: SnapshotRecord, path: BytePath): Promise<Set<PackId>> {
  const packs = new Set<PackId>()
  if (!store.hasDistantData()) return packs
  for await (const { entry } of walkSnapshot(store, snapshot, path)) {
    if (entry.content === null) continue
    for await (const packed of contentRefs(store, entry.content)) {
      for (const { group } of store.placesOf(unpackRefs(packed).map(({ id }) => id))) {
        if (!group.packLocal) packs.add(group.pack)
      }
    }
  }
  return packs
}
