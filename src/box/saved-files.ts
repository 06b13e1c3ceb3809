/** Files of a snapshot as streams, for who takes one with him and restores nothing on the box. */
import type { BytePath } from '#base'
import type { DamagedFragment } from '#dispersal'
import type { FetchPack, Snapshot, SnapshotReader, TreeEntry } from '#storage'
import type { OpenedBox } from './opened-box.ts'
import { shownEntry } from './operations/shown.ts'
import { tellHosts } from './operations/tell-hosts.ts'
import type { EntryResult } from './operations.ts'
import { packFetcher } from './peers.ts'

export interface SavedEntry {
  /** Its `path` is from where the walk began; that of the start is its name. */
  readonly entry: EntryResult
  /** Verified chunks in order. FILE_NOT_SAVED, CHUNK_UNKNOWN, PACK_DAMAGED, STRIPE_UNREACHABLE */
  read(): AsyncGenerator<Uint8Array>
}

export interface SavedSnapshot {
  readonly id: string
  readonly source: string
  /** PATH_UNKNOWN */
  entry(path: BytePath): Promise<SavedEntry>
  /** A folder before what it holds, names in order; the start itself is not among them. PATH_UNKNOWN */
  below(path: BytePath): AsyncGenerator<SavedEntry>
}

/** `within`: of these sources alone, as if there were no others. */
export type OpenSnapshot = <Result>(
  id: string,
  signal: AbortSignal,
  use: (snapshot: SavedSnapshot) => Promise<Result>,
  within?: readonly string[],
) => Promise<Result>

/** `id`: a snapshot's, a prefix of it, or `latest`. SNAPSHOT_UNKNOWN */
export function snapshotOpener(box: OpenedBox): OpenSnapshot {
  return async (id, signal, use, within) => {
    const snapshot = box.vault.snapshot(id, within)
    const damaged = new Map<string, DamagedFragment>()
    const onDamaged = (one: DamagedFragment) => void damaged.set(`${one.host} ${one.fragment}`, one)
    // Who is in no community has all of it here.
    const fetchPack: FetchPack = (pack, inner) => packFetcher(box, onDamaged)(pack, inner)
    const result = await box.vault.read(snapshot, { fetchPack, signal }, (reader) =>
      use(savedSnapshot(snapshot, reader)),
    )
    await tellHosts(box, [...damaged.values()], signal)
    return result
  }
}

function savedSnapshot({ snapshot: id, source }: Snapshot, reader: SnapshotReader): SavedSnapshot {
  const saved = (entry: TreeEntry, shown: EntryResult): SavedEntry => ({ entry: shown, read: () => reader.read(entry) })
  return {
    id,
    source,
    async entry(path) {
      const entry = await reader.entry(path)
      return saved(entry, shownEntry(entry))
    },
    async *below(path) {
      for await (const walked of reader.walk(path)) {
        if (walked.path === '') continue
        yield saved(walked.entry, shownEntry(walked.entry, walked.path))
      }
    },
  }
}
