/** Snapshots of a vault: finding them, and what they could not read. */
import { DatisError } from '#base'
import { type IncompletePath, parseIncomplete } from './snapshot-incomplete.ts'
import type { ChunkStore, Snapshot } from './types.ts'

/** What a box saves of itself. No source of people may be called so. */
export const OWN_SOURCE = '.settings'

type SnapshotStore = Pick<ChunkStore, 'snapshots'>

/** In the order in which they were logged. */
export function listSnapshots(store: SnapshotStore): Snapshot[] {
  return store.snapshots()
}

/** By id, by the beginning of one, or `latest`, of what people save; `within`: as if no others were there. SNAPSHOT_UNKNOWN, SNAPSHOT_AMBIGUOUS. */
export function findSnapshot(store: SnapshotStore, idOrPrefix: string, within?: readonly string[]): Snapshot {
  const all = store.snapshots().filter(({ source }) => within === undefined || within.includes(source))
  const wanted = idOrPrefix.toLowerCase()
  if (wanted === 'latest') return all.findLast(({ source }) => source !== OWN_SOURCE) ?? unknown(idOrPrefix)
  if (!/^[0-9a-f]{1,32}$/.test(wanted)) return unknown(idOrPrefix)
  const found = all.filter((snapshot) => snapshot.snapshot.startsWith(wanted))
  if (found.length > 1) {
    throw new DatisError('SNAPSHOT_AMBIGUOUS', 'Several snapshots begin with these characters.', {
      id: idOrPrefix,
      found: found.slice(0, 10).map((snapshot) => snapshot.snapshot),
    })
  }
  return found[0] ?? unknown(idOrPrefix)
}

function unknown(id: string): never {
  throw new DatisError('SNAPSHOT_UNKNOWN', 'The vault has no such snapshot.', { id })
}

/** What the snapshot could not read: the first ten thousand of `incompleteCount`. */
export async function incompleteItems(
  store: Pick<ChunkStore, 'readTree'>,
  snapshot: Snapshot,
): Promise<IncompletePath[]> {
  if (snapshot.incomplete === null) return []
  return parseIncomplete(await store.readTree(snapshot.incomplete.id))
}
