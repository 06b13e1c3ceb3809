/** Where the bytes of some paths are: here, or with hosts. Nothing is read but trees. */
import type { BytePath } from '#base'
import { unpackRefs } from './group.ts'
import { contentRefs, walkSnapshot } from './tree-reader.ts'
import type { ChunkStore, PackId, SnapshotRecord, VaultDeps } from './types.ts'
import { Pause } from './walk.ts'

export interface Whence {
  readonly files: number
  readonly bytes: number
  readonly localBytes: number
  /** Packs that only hosts have. */
  readonly away: ReadonlySet<PackId>
}

type Deps = Pick<VaultDeps, 'clock'> & { readonly store: ChunkStore }

/** PATH_UNKNOWN, CHUNK_UNKNOWN */
export async function whenceOf(
  { store, clock }: Deps,
  snapshot: SnapshotRecord,
  paths: readonly BytePath[],
  signal: AbortSignal,
): Promise<Whence> {
  const pause = new Pause(clock, signal)
  const away = new Set<PackId>()
  let [files, bytes, localBytes] = [0, 0, 0]
  for (const path of paths) {
    for await (const { entry } of walkSnapshot(store, snapshot, path)) {
      if (pause.due) await pause.rest()
      if (entry.kind !== 'file' || entry.content === null) continue
      files++
      for await (const packed of contentRefs(store, entry.content)) {
        for (const place of store.placesOf(unpackRefs(packed).map(({ id }) => id))) {
          bytes += place.bytes
          if (place.group.packLocal) localBytes += place.bytes
          else away.add(place.group.pack)
        }
      }
    }
  }
  return { files, bytes, localBytes, away }
}
