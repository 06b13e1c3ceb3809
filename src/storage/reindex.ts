/** Builds the index anew from the log, the tables of local packs and the index parts in metadata packs. */
import type { VaultStore } from './store.ts'
import type { VaultRunOptions } from './types.ts'

export interface ReindexReport {
  readonly packs: number
  readonly chunks: number
  readonly snapshots: number
}

export async function reindexVault(store: VaultStore, { signal, onProgress }: VaultRunOptions): Promise<ReindexReport> {
  store.index.clear()
  // A crash in between is no harm: the index says how far it has come, and the next open goes on from there.
  store.catchUp(undefined, () => {
    signal.throwIfAborted()
    onProgress?.({ phase: 'reindex' })
  })
  return store.index.counts()
}
