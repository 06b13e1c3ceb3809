/** Reads every local pack and says which are damaged or gone: a scrub of the vault. */
import { mapConcurrent } from '#base'
import { verifyPackFileJob } from './pack-adopt.ts'
import type { VaultStore } from './store.ts'
import type { CheckReport, PackInfo, VaultRunOptions } from './types.ts'

export async function checkVault(store: VaultStore, { signal, onProgress }: VaultRunOptions): Promise<CheckReport> {
  const packs = [...store.packs()]
  const bytesTotal = packs.reduce((sum, pack) => sum + (pack.local ? pack.bytes : 0), 0)
  const damaged: { pack: string; cause: string }[] = []
  const missing: string[] = []
  let bytesDone = 0
  // One thread stays free for others, as when a snapshot is written.
  await mapConcurrent(packs, Math.max(1, store.deps.workers.size - 1), async (pack) => {
    if (pack.local) {
      const cause = await checkPack(store, pack, signal)
      if (cause) damaged.push({ pack: pack.id, cause })
      bytesDone += pack.bytes
      onProgress?.({ phase: 'check', bytesDone, bytesTotal })
    }
    if (!store.hasPack(pack.id) && !pack.dropped) missing.push(pack.id)
  })
  return { packs: packs.length, bytes: bytesDone, damaged: damaged.sort(byPack), missing: missing.sort() }
}

/** What is wrong with a pack, or undefined. The index remembers it: nothing new leans on a damaged pack. */
async function checkPack(store: VaultStore, pack: PackInfo, signal: AbortSignal): Promise<string | undefined> {
  const input = { folder: store.paths.folder, keys: store.keys, pack }
  const verdict = await store.deps.workers.run(verifyPackFileJob, input, { signal })
  if (verdict.state === 'missing') {
    store.setLocal(pack.id, false)
    return undefined
  }
  store.index.setDamaged(pack.id, verdict.state === 'damaged')
  return verdict.state === 'damaged' ? verdict.cause : undefined
}

function byPack(a: { pack: string }, b: { pack: string }): number {
  return a.pack < b.pack ? -1 : 1
}
