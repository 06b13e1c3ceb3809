/**
 * Frees what no snapshot needs: packs that hosts are to forget, and packs that go from the local disk. The log says so
 * first; what a crash leaves on the disk is found again by the next run. docs/decisions/0013-expire-and-collect.md
 */
import { DAY_MS } from '#base'
import { RELEASED_A_RECORD_MAX } from './log-record.ts'
import { repackSparse, type SparseOptions, type SparseReport } from './sparse.ts'
import type { VaultStore } from './store.ts'
import type { PackId } from './types.ts'
import { Usage } from './usage.ts'

/** What a run that was given up has stored, the next one leans on: a first seed takes days. */
const DATA_AGE_MIN_MS = 7 * DAY_MS

export interface CollectOptions extends SparseOptions {
  /** Whether all its fragments are on the hosts, as was seen of late; null: there are no hosts. */
  readonly isWhole: ((id: PackId) => boolean) | null
}

export interface CollectReport extends SparseReport {
  /** Of no snapshot on the remote side: hosts are to be told. */
  readonly released: readonly PackId[]
  /** No more on the local disk. */
  readonly dropped: readonly PackId[]
  readonly droppedBytes: number
  /** Needed again: their release is to be taken back. */
  readonly missed: readonly PackId[]
}

/** Beside snapshots and restores; what begins or ends meanwhile is looked at before anything goes. PACK_DAMAGED … as for reading trees */
export async function collectVault(store: VaultStore, options: CollectOptions): Promise<CollectReport> {
  const usage = new Usage(store, standing(store, options))
  await countAll(store, usage, options)
  // No waits from here on: nothing can come to lean on what goes.
  const { released, dropped } = decide(store, usage, options)
  inRecords(released, (packs) => store.log.append([{ type: 'released', packs, at: store.deps.clock.wall() }]))
  inRecords(dropped, (packs) => store.log.append([{ type: 'dropped', packs, at: store.deps.clock.wall() }]))
  let droppedBytes = 0
  for (const id of dropped) {
    droppedBytes += store.pack(id)?.bytes ?? 0
    store.removeLocal(id)
  }
  const repacked = await repackSparse(store, usage, options)
  if (repacked.repacked > 0) await store.writeMissingParts(options.signal)
  return { released, dropped, droppedBytes, missed: [...usage.missed], ...repacked }
}

/** A pack of data stands with the metadata that tells what is in it. */
function standing({ index }: VaultStore, { isWhole }: CollectOptions): (id: PackId) => boolean {
  if (isWhole === null) return () => true
  const known = new Map<PackId, boolean>()
  const find = (id: PackId): boolean => {
    const part = index.pack(id)?.part ?? null
    return isWhole(id) && (part === null || index.holdersOf(part, isWhole).remote.some(isWhole))
  }
  return (id) => {
    const stands = known.get(id) ?? find(id)
    known.set(id, stands)
    return stands
  }
}

async function countAll(store: VaultStore, usage: Usage, { signal, onProgress }: CollectOptions): Promise<void> {
  const { clock } = store.deps
  for (;;) {
    const needed = store.neededSnapshots().filter(({ snapshot, sides }) => !usage.has(snapshot, sides))
    for (const [index, { snapshot, sides }] of needed.entries()) {
      await usage.mark(snapshot, sides, { clock, signal })
      onProgress?.({ phase: 'collect', filesDone: index + 1, filesTotal: needed.length })
    }
    if (needed.length > 0) continue
    if (!store.isWriting) return
    await store.quiet(signal)
  }
}

function decide(
  store: VaultStore,
  usage: Usage,
  { isWhole }: CollectOptions,
): { released: PackId[]; dropped: PackId[] } {
  const isNeeded = (id: PackId, side: 'local' | 'remote'): boolean => (usage.packs.get(id)?.[side] ?? 0) > 0
  const young = store.deps.clock.wall() - DATA_AGE_MIN_MS
  const packs = [...store.packs()]
  const idle = ({ id, class: packClass, at }: (typeof packs)[number]) =>
    packClass === 'data' && at > young && !isNeeded(id, 'local') && !isNeeded(id, 'remote')
  const released = new Set(
    packs
      .filter((pack) => pack.class === 'data' && !pack.released && !isNeeded(pack.id, 'remote') && !idle(pack))
      .map(({ id }) => id),
  )
  // Without its index part a pack that only hosts have cannot be looked into.
  for (const { id, class: packClass, released: gone } of packs) {
    const part = packClass === 'data' && !gone && !released.has(id) ? store.index.pack(id)?.part : null
    if (part) usage.needPart(part)
  }
  for (const { id, class: packClass, released: gone } of packs) {
    if (packClass === 'metadata' && !gone && !isNeeded(id, 'remote')) released.add(id)
  }
  const dropped = packs.filter((pack) => {
    if (!pack.local || isNeeded(pack.id, 'local') || idle(pack)) return false
    return !isNeeded(pack.id, 'remote') || (pack.class === 'data' && isWhole?.(pack.id) === true)
  })
  return { released: [...released], dropped: dropped.map(({ id }) => id) }
}

function inRecords(packs: readonly PackId[], append: (packs: readonly PackId[]) => void): void {
  for (let from = 0; from < packs.length; from += RELEASED_A_RECORD_MAX)
    append(packs.slice(from, from + RELEASED_A_RECORD_MAX))
}
