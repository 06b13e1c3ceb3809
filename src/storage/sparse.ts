/**
 * Packs of which little is needed are packed anew, when what that frees is worth its upload. The old ones go by a later
 * collection, once the new ones are on the hosts. docs/decisions/0013-expire-and-collect.md
 */
import { codeOf, DAY_MS, DatisError, GiB } from '#base'
import { PACK_BYTES_TARGET } from './limits.ts'
import { type PackToRepack, repackPacks } from './repack.ts'
import type { VaultStore } from './store.ts'
import type { FetchPack, PackId, VaultRunOptions } from './types.ts'
import type { Usage } from './usage.ts'

/** Until then the many snapshots of its first days have thinned out. */
const AGE_MIN_MS = 7 * DAY_MS
/** Of what is left of packs: hosts keep both until the brake lets go of the old ones. */
const KEPT_BYTES_MAX = GiB
/** A line carries that much more down than up. */
const FETCHED_WEIGHT = 1 / 4
const PACKS_A_BATCH_MAX = 256

export interface SparseOptions extends VaultRunOptions {
  /** Of packs that only hosts have; null: there are no hosts. */
  readonly fetchPack: FetchPack | null
  /** Whether the disk has room for what is packed anew. */
  hasRoom(): boolean
}

export interface SparseReport {
  /** Old ones. */
  readonly repacked: number
  /** Of the new ones. */
  readonly repackedBytes: number
}

interface Candidate {
  readonly id: PackId
  readonly keptBytes: number
}

export async function repackSparse(store: VaultStore, usage: Usage, options: SparseOptions): Promise<SparseReport> {
  const chosen = sparsePacks(store, usage, options)
  const bytesTotal = chosen.flat().reduce((sum, { keptBytes }) => sum + keptBytes, 0)
  const report = { repacked: 0, repackedBytes: 0 }
  for (const batch of chosen) {
    if (!options.hasRoom()) break
    const { packs, made } = await repackBatch(store, usage, { batch: batch.map(({ id }) => id), options })
    report.repacked += packs
    report.repackedBytes += made.reduce((sum, id) => sum + (store.pack(id)?.bytes ?? 0), 0)
    options.onProgress?.({ phase: 'repack', bytesDone: Math.min(report.repackedBytes, bytesTotal), bytesTotal })
  }
  return report
}

/** Those of which least is needed first, in batches of a pack's length, each of one class. */
function sparsePacks(store: VaultStore, usage: Usage, { fetchPack }: SparseOptions): Candidate[][] {
  const young = store.deps.clock.wall() - AGE_MIN_MS
  const found: { id: PackId; class: string; keptBytes: number; share: number }[] = []
  for (const pack of store.index.packRows()) {
    const own = usage.packs.get(pack.id)?.own ?? 0
    if (own === 0 || pack.released || pack.damaged || pack.at > young) continue
    if (!pack.local && fetchPack === null) continue
    const share = Math.min(1, own / store.index.plainBytesOf(pack))
    const keptBytes = Math.ceil(share * pack.bytes)
    const cost = keptBytes + (pack.local ? 0 : FETCHED_WEIGHT * pack.bytes)
    if (pack.bytes - keptBytes >= cost) found.push({ id: pack.id, class: pack.class, keptBytes, share })
  }
  const batches: Candidate[][] = []
  let left = KEPT_BYTES_MAX
  for (const packs of Map.groupBy(found, (one) => one.class).values()) {
    let batchBytes = Number.POSITIVE_INFINITY
    for (const { id, keptBytes } of packs.sort((a, b) => a.share - b.share)) {
      if (keptBytes > left) break
      left -= keptBytes
      const last = batches.at(-1)
      const isFull = batchBytes + keptBytes > PACK_BYTES_TARGET || (last?.length ?? 0) >= PACKS_A_BATCH_MAX
      if (last === undefined || isFull) batches.push([])
      batchBytes = isFull ? keptBytes : batchBytes + keptBytes
      batches.at(-1)?.push({ id, keptBytes })
    }
  }
  return batches
}

interface BatchInput {
  readonly batch: readonly PackId[]
  readonly options: SparseOptions
}

/** What cannot be had or is damaged stays as it is: scrub and check deal with that. */
async function repackBatch(
  store: VaultStore,
  usage: Usage,
  { batch, options }: BatchInput,
): Promise<{ packs: number; made: readonly PackId[] }> {
  const packs: PackToRepack[] = []
  for (const id of batch) {
    const one = await toRepack(store, usage, { id, options })
    if (one !== null) packs.push(one)
  }
  for (;;) {
    if (packs.length === 0) return { packs: 0, made: [] }
    try {
      const made = await repackPacks(store, { packs, targetBytes: PACK_BYTES_TARGET }, { signal: options.signal })
      return { packs: packs.length, made }
    } catch (error) {
      options.signal.throwIfAborted()
      const damaged = codeOf(error) === 'PACK_DAMAGED' && error instanceof DatisError ? error.details.pack : undefined
      const at = packs.findIndex(({ id }) => id === damaged)
      if (at === -1) throw error
      packs.splice(at, 1)
    }
  }
}

async function toRepack(
  store: VaultStore,
  usage: Usage,
  { id, options: { fetchPack, signal } }: { readonly id: PackId; readonly options: SparseOptions },
): Promise<PackToRepack | null> {
  try {
    if (!store.hasPack(id) && fetchPack !== null) await store.adoptPack(id, await fetchPack(id, signal), { signal })
    const pack = store.index.pack(id)
    if (pack === undefined || !pack.local || pack.released) return null
    const keep = store.chunkIdsOf(pack).filter((chunk) => usage.isOwn(chunk, id))
    return keep.length === 0 ? null : { ...pack, keep: Buffer.concat(keep) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof DatisError)) throw error
    return null
  }
}
