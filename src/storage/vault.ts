/** The vault of one owner, put together: the door's main export. */
import type { BytePath, JobOptions } from '#base'
import type { Keyring } from '#crypto'
import { checkVault } from './check.ts'
import { type CollectOptions, type CollectReport, collectVault } from './collect.ts'
import { type ComeBackOptions, countComingBack } from './come-back.ts'
import { type DrillOptions, type DrillReport, drillSnapshot } from './drill.ts'
import { openIndex } from './index-open.ts'
import { VaultLog } from './log.ts'
import { EXPIRED_A_RECORD_MAX } from './log-record.ts'
import { remotePacksOf } from './needed-packs.ts'
import { emptyTmp, listPackFiles, makeVaultFolders, vaultPaths } from './pack-files.ts'
import { type PreviewOptions, previewSource, type SourcePreview } from './preview.ts'
import { type PutBackRequest, putBack } from './put-back.ts'
import { type ReindexReport, reindexVault } from './reindex.ts'
import { packsByContent, repackIn } from './repack.ts'
import { restoreSnapshot } from './restore.ts'
import type { RestoreOptions, RestoreReport, RestoreRequest } from './restore-types.ts'
import { findSnapshot, incompleteItems, listSnapshots } from './snapshot.ts'
import type { IncompletePath } from './snapshot-incomplete.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import { type TakeSnapshotOptions, takeSnapshot } from './snapshot-take.ts'
import { VaultStore } from './store.ts'
import { type FolderPart, type ListedFolder, listFolder, type WalkedEntry, walkSnapshot } from './tree-reader.ts'
import type {
  CheckReport,
  Log,
  PackId,
  PackInfo,
  PlacedRecord,
  Side,
  Snapshot,
  SnapshotDeps,
  SnapshotId,
  SourceSpec,
  VaultDeps,
  VaultKeys,
  VaultOptions,
  VaultRunOptions,
  VaultSettings,
} from './types.ts'
import { type Versions, type VersionsOptions, versionsOf } from './versions.ts'
import { type Whence, whenceOf } from './whence.ts'

export function vaultKeys(keyring: Keyring): VaultKeys {
  const { box, chunkIdKey, treeIdKey, chunkerKey } = keyring
  const generations = keyring.generations.map(({ generation, packKey, metadataKey }) => ({
    generation,
    packKey,
    metadataKey,
  }))
  return { box, chunkIdKey, treeIdKey, chunkerKey, generations }
}

/**
 * Opens the store of a vault, making it when the folder is new. Order matters: the log is the truth, the index
 * follows it, and packs without a record are taken in last.
 */
export async function openStore(deps: VaultDeps, options: VaultOptions): Promise<VaultStore> {
  const { disk } = deps
  const { keyring } = options
  const paths = vaultPaths(options.folder)
  makeVaultFolders(disk, paths)
  emptyTmp(disk, paths)
  const local = listPackFiles(disk, paths)
  const index = openIndex(options.indexPath)
  try {
    const log = VaultLog.open(deps, { paths, keyring, applied: index.end() })
    // An index of another history (a disk put back) is no use: all of it comes again from the log.
    if (!log.contains(index.end())) index.clear()
    const store = new VaultStore(deps, { options, paths, keys: vaultKeys(keyring), log, index, local })
    store.catchUp()
    store.refreshLocal()
    await store.adoptStrays()
    return store
  } catch (error) {
    index[Symbol.dispose]()
    throw error
  }
}

/** Opens a vault; one process at a time (the box holds a lock). LOG_BROKEN, FORMAT_UNKNOWN … */
export async function openVault(deps: VaultDeps, options: VaultOptions): Promise<Vault> {
  return new Vault(deps, options, await openStore(deps, options))
}

export class Vault implements AsyncDisposable {
  readonly log: Log
  readonly keys: VaultKeys
  readonly #store: VaultStore
  readonly #deps: SnapshotDeps

  constructor(deps: VaultDeps, options: VaultOptions, store: VaultStore) {
    this.log = store.log
    this.keys = store.keys
    this.#store = store
    this.#deps = { ...deps, store, ownFolder: options.folder }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#store[Symbol.dispose]()
  }

  /** Stored when it resolves. One at a time: VAULT_BUSY. */
  takeSnapshot(source: SourceSpec, options: TakeSnapshotOptions): Promise<Snapshot> {
    return takeSnapshot(this.#deps, source, options)
  }

  /** What a snapshot of it would take, and what exclusions leave out. */
  preview(source: SourceSpec, options: PreviewOptions): Promise<SourcePreview> {
    return previewSource(this.#deps, source, options)
  }

  snapshots(): Snapshot[] {
    return listSnapshots(this.#store)
  }

  /** By id, a prefix of it, or `latest`; of these sources alone, if they are named. SNAPSHOT_UNKNOWN. */
  snapshot(idOrPrefix: string, within?: readonly string[]): Snapshot {
    return findSnapshot(this.#store, idOrPrefix, within)
  }

  /** PATH_UNKNOWN. */
  listFolder(snapshot: Snapshot, path: BytePath, part?: FolderPart): Promise<ListedFolder> {
    return listFolder(this.#store, snapshot, path, part)
  }

  incompleteItems(snapshot: Snapshot): Promise<IncompletePath[]> {
    return incompleteItems(this.#store, snapshot)
  }

  /** What stood at `path` in these, newest first; `most` of them. */
  async versions(snapshots: readonly Snapshot[], path: BytePath, options: VersionsOptions): Promise<Versions> {
    const used = snapshots.map((one) => this.#store.use(one))
    try {
      return await versionsOf({ ...this.#deps, store: this.#store }, snapshots, path, options)
    } finally {
      for (const one of used) one[Symbol.dispose]()
    }
  }

  /** Where the bytes of these paths are. PATH_UNKNOWN */
  async whence(snapshot: Snapshot, paths: readonly BytePath[], signal: AbortSignal): Promise<Whence> {
    using _used = this.#store.use(snapshot)
    return await whenceOf(this.#deps, snapshot, paths, signal)
  }

  /** Where it was saved from. Failures of single items are in the report. PATH_UNKNOWN, TARGET_UNUSABLE */
  async putBack(request: PutBackRequest, options: RestoreOptions): Promise<RestoreReport> {
    using _used = this.#store.use(request.snapshot)
    return await putBack(this.#deps, request, options)
  }

  async restore(request: RestoreRequest, options: RestoreOptions): Promise<RestoreReport> {
    using _used = this.#store.use(request.snapshot)
    return await restoreSnapshot(this.#deps, request, options)
  }

  /** All things in it; a folder before what it holds. */
  async *walk(snapshot: Snapshot): AsyncGenerator<WalkedEntry> {
    using _used = this.#store.use(snapshot)
    yield* walkSnapshot(this.#store, snapshot, '' as BytePath)
  }

  /** While it is in use, nothing that it needs is collected. */
  async read<Result>(
    snapshot: Snapshot,
    options: Pick<RestoreOptions, 'fetchPack' | 'signal'>,
    use: (reader: SnapshotReader) => Promise<Result>,
  ): Promise<Result> {
    using _used = this.#store.use(snapshot)
    await using reader = new SnapshotReader(this.#deps, snapshot, options)
    return await use(reader)
  }

  /** They are kept no more on this side; what no other needs goes with the next `collect`. */
  expire(side: Side, ids: readonly SnapshotId[]): void {
    const at = this.#deps.clock.wall()
    for (let from = 0; from < ids.length; from += EXPIRED_A_RECORD_MAX) {
      const snapshots = ids.slice(from, from + EXPIRED_A_RECORD_MAX)
      this.log.append([{ type: 'expired', side, snapshots, at }])
    }
  }

  /** Null: policies may expire it again. */
  hold(snapshot: SnapshotId, reason: string | null): void {
    this.log.append([{ type: 'hold', snapshot, reason, at: this.#deps.clock.wall() }])
  }

  /** Files rebuilt from what hosts give alone. */
  async drill(snapshot: Snapshot, options: DrillOptions): Promise<DrillReport> {
    using _used = this.#store.use(snapshot)
    return await drillSnapshot(this.#store, snapshot, options)
  }

  collect(options: CollectOptions): Promise<CollectReport> {
    return collectVault(this.#store, options)
  }

  /**
   * Packs that a restore of `path` needs and that only peers have; of those in `avoid` only what no other pack can stand
   * in for. PATH_UNKNOWN
   */
  remotePacksOf(snapshot: Snapshot, path: BytePath, avoid: ReadonlySet<PackId> = new Set()): Promise<Set<PackId>> {
    return remotePacksOf(this.#store, snapshot, path, avoid)
  }

  /** So many of these hosts alone bring back; null: there was not the time to say. */
  async countComingBack(
    snapshots: readonly Snapshot[],
    options: Omit<ComeBackOptions, 'clock'>,
  ): Promise<number | null> {
    const used = snapshots.map((one) => this.#store.use(one))
    try {
      return await countComingBack(this.#store, snapshots, { ...options, clock: this.#deps.clock })
    } finally {
      for (const one of used) one[Symbol.dispose]()
    }
  }

  packs(): Iterable<PackInfo> {
    return this.#store.packs()
  }

  pack(id: PackId): PackInfo | undefined {
    return this.#store.pack(id)
  }

  hasPack(id: PackId): boolean {
    return this.#store.hasPack(id)
  }

  /** PACK_UNKNOWN, PACK_NOT_LOCAL. Whole and unverified. */
  readPack(id: PackId): Uint8Array {
    return this.#store.readPack(id)
  }

  /** For jobs that read it themselves. */
  packPath(id: PackId): BytePath {
    return this.#store.packPath(id)
  }

  /** PACK_UNKNOWN, PACK_DAMAGED; nothing is done when a good copy is here. */
  adoptPack(id: PackId, bytes: Uint8Array, options?: JobOptions): Promise<void> {
    return this.#store.adoptPack(id, bytes, options)
  }

  /** A local pack's chunks in a new pack, whose id it gives. PACK_UNKNOWN, PACK_DAMAGED, VAULT_DISK_FULL */
  repack(id: PackId, options?: JobOptions): Promise<PackId> {
    return repackIn(this.#store, id, options)
  }

  /** Index parts that lie in no metadata pack yet: without its own, a pack that only peers have cannot be looked into. */
  writeMissingParts(signal: AbortSignal): Promise<void> {
    return this.#store.writeMissingParts(signal)
  }

  /** A live metadata pack with the index part of a data pack; null when it is in none. */
  packOfPart(id: PackId): PackId | null {
    const { index } = this.#store
    const part = index.pack(id)?.part ?? null
    const released = new Set<PackId>()
    for (;;) {
      const pack = part === null ? undefined : index.place(part, released)?.group.pack
      if (pack === undefined) return null
      if (index.pack(pack)?.released !== true) return pack
      released.add(pack)
    }
  }

  /** For each live pack that has one: other live packs with the same chunks. */
  twins(): Map<PackId, readonly PackId[]> {
    const same = [...packsByContent(this.#store.index.liveGroups()).values()].filter((packs) => packs.length > 1)
    return new Map(same.flatMap((packs) => packs.map((one) => [one, packs.filter((other) => other !== one)] as const)))
  }

  /** Frames that follow the log's end, fetched from a host. LOG_BROKEN. */
  adoptLog(frames: Uint8Array): void {
    this.#store.adoptLog(frames)
  }

  /**
   * After the disk was put back to an earlier state: pages of the log as hosts have it, from somewhere in ours to their
   * end. What was logged here meanwhile follows behind. LOG_BROKEN, VAULT_BUSY.
   */
  rebaseLog(pages: readonly Uint8Array[]): void {
    this.#store.rebaseLog(pages)
  }

  /** The newest `placed` record of a pack. */
  placement(id: PackId): PlacedRecord | undefined {
    return this.#store.placement(id)
  }

  check(options: VaultRunOptions): Promise<CheckReport> {
    return checkVault(this.#store, options)
  }

  reindex(options: VaultRunOptions): Promise<ReindexReport> {
    return reindexVault(this.#store, options)
  }

  settings(): VaultSettings {
    return this.#store.settings()
  }

  changeSettings(settings: VaultSettings): void {
    this.#store.changeSettings(settings)
  }
}
