/** The chunk store of one vault: what writing, reading, snapshots, checks and recovery share. */
import { DatisError, ignoring, type JobOptions, joinPath, parentOf, SECOND_MS } from '#base'
import { chunkIdOf } from './group.ts'
import { type Applying, addTable, applyFrame } from './index-apply.ts'
import { SQLITE_FULL, sqliteCodeOf } from './index-open.ts'
import { encodeIndexPart } from './index-part.ts'
import { packInfo } from './index-rows.ts'
import type { IndexStore } from './index-store.ts'
import { PACK_BYTES_TARGET } from './limits.ts'
import type { VaultLog } from './log.ts'
import { decodeRecords } from './log-record.ts'
import { SIDE } from './marks.ts'
import { adoptPackJob, readStrayJob, type StrayPack, setAside } from './pack-adopt.ts'
import { packPath, type VaultPaths } from './pack-files.ts'
import { type PackTable, parseTable } from './pack-format.ts'
import type { PackToOpen } from './pack-reader.ts'
import { VaultReader } from './reading.ts'
import type { RepackInput } from './repack.ts'
import type {
  ChunkPlace,
  ChunkStore,
  Log,
  LogRecord,
  PackId,
  PackInfo,
  PackRecord,
  PlacedRecord,
  Snapshot,
  SnapshotId,
  SnapshotRecord,
  VaultDeps,
  VaultKeys,
  VaultOptions,
  VaultSettings,
  WritingOptions,
  WritingSession,
} from './types.ts'
import { type RevivedPack, Session } from './writing.ts'

export interface StoreParts {
  readonly options: VaultOptions
  readonly paths: VaultPaths
  readonly keys: VaultKeys
  readonly log: VaultLog
  readonly index: IndexStore
  /** Packs that lie in the folder. */
  readonly local: Set<PackId>
}

const BUSY_PAUSE_MS = SECOND_MS
const NO_TABLES: ReadonlyMap<PackId, PackTable> = new Map()

export class VaultStore implements ChunkStore, Disposable {
  readonly deps: VaultDeps
  readonly keys: VaultKeys
  readonly paths: VaultPaths
  readonly index: IndexStore
  readonly log: Log
  readonly #options: VaultOptions
  readonly #log: VaultLog
  readonly #local: Set<PackId>
  readonly #reader: VaultReader
  readonly #inUse = new Set<SnapshotRecord>()
  /** Decoded once: a record never changes. */
  readonly #records = new Map<SnapshotId, SnapshotRecord>()
  #writing = false

  constructor(deps: VaultDeps, { options, paths, keys, log, index, local }: StoreParts) {
    this.deps = deps
    this.keys = keys
    this.paths = paths
    this.index = index
    this.#options = options
    this.#log = log
    this.#local = local
    this.#reader = new VaultReader({ disk: deps.disk, paths, keys }, () => this.index)
    this.log = {
      append: (records) => this.#append(records, NO_TABLES),
      end: () => log.end(),
      frames: (from, bytesMax) => log.frames(from, bytesMax),
      records: () => log.records(),
    }
  }

  [Symbol.dispose](): void {
    this.index[Symbol.dispose]()
  }

  // ------------------------------------------------------------------------------------------ log and index

  #append(records: readonly LogRecord[], tables: ReadonlyMap<PackId, PackTable>): void {
    const first = this.#log.end().frames === 0 && records[0]?.type !== 'vault'
    const vault: LogRecord[] = first ? [{ type: 'vault', box: this.keys.box, at: this.deps.clock.wall() }] : []
    this.#log.append([...vault, ...records])
    this.catchUp(tables)
  }

  /** What the log has and the index does not: normally the frame just appended. */
  catchUp(tables: ReadonlyMap<PackId, PackTable> = NO_TABLES, each?: () => void): void {
    try {
      for (const frame of this.#log.framesAfter(this.index.end())) {
        applyFrame(this.#applying, frame, tables)
        each?.()
      }
    } catch (error) {
      if (sqliteCodeOf(error) !== SQLITE_FULL) throw error
      // The record stands in the log; the next append or open brings the index up to it.
      const details = { ...this.deps.disk.space(this.paths.folder) }
      throw new DatisError('VAULT_DISK_FULL', 'The disk of the vault is full.', details, { cause: error })
    }
  }

  get #applying(): Applying {
    return {
      index: this.index,
      isLocal: (id) => this.#local.has(id),
      readTable: ({ pack, class: packClass, generation, bytes }) =>
        this.#reader.readTable({ id: pack, class: packClass, generation, bytes }).table,
      readTree: (id) => this.#reader.readTree(id),
    }
  }

  /** Packs may have come or gone while the vault was closed. */
  refreshLocal(): void {
    const changed: { id: PackId; local: boolean }[] = []
    for (const { id, local } of this.index.packRows()) {
      if (local !== this.#local.has(id)) changed.push({ id, local: !local })
    }
    this.index.transaction(() => {
      for (const { id, local } of changed) this.index.setLocal(id, local)
    })
  }

  /** Takes frames that follow the log's end, fetched from a host: verified by their chain and opened before they count. */
  adoptLog(frames: Uint8Array): void {
    this.#log.adopt(frames)
    this.catchUp()
  }

  /** As `VaultLog.rebase`; the index begins again, without the chunks of packs that only peers have. */
  rebaseLog(pages: readonly Uint8Array[]): void {
    if (this.#writing) throw new DatisError('VAULT_BUSY', 'A snapshot is being written to this vault.')
    // Cleared first: after a crash in between, an index ahead of the new log would look like a log that was cut short.
    this.index.clear()
    try {
      this.#log.rebase(pages)
    } finally {
      this.catchUp()
    }
  }

  // ------------------------------------------------------------------------------------------ writing

  startWriting(options: WritingOptions): WritingSession {
    if (this.#writing) throw new DatisError('VAULT_BUSY', 'A snapshot is already being written to this vault.')
    this.#writing = true
    const { packBytesTarget = PACK_BYTES_TARGET, padFloorBytes } = this.#options
    const sizes = { packBytesTarget, padFloorBytes: padFloorBytes?.() ?? 0 }
    const input = { keys: this.keys, folder: this.paths.folder, ...sizes }
    const store = {
      clock: this.deps.clock,
      workers: this.deps.workers,
      input,
      hasChunk: (id: Uint8Array) => this.index.hasChunk(id),
      revive: (id: Uint8Array) => this.#revive(id),
      commitPack: (record: PackRecord, table: PackTable) => this.commitPack(record, table),
      missingParts: () => this.#missingParts(),
      release: () => {
        this.#writing = false
      },
    }
    return new Session(store, options)
  }

  /**
   * What is needed again and lies in a pack that hosts are to forget: the release is taken back, and no fragment of the
   * pack counts before its host has said again that it holds it.
   */
  #revive(id: Uint8Array): RevivedPack | null {
    const pack = this.index.releasedWith(id)
    if (pack === undefined) return null
    const placement = this.placement(pack.id)
    const placed = placement === undefined ? [] : [{ ...placement, rows: [] }]
    this.#append([{ type: 'kept', packs: [pack.id], at: this.deps.clock.wall() }, ...placed], NO_TABLES)
    const part = pack.class === 'data' ? encodeIndexPart(pack.id, this.#reader.readTable(pack).tablePlain) : null
    return { part }
  }

  /** The pack is on the disk: from here on it is stored. */
  commitPack(record: PackRecord, table: PackTable): void {
    this.#local.add(record.pack)
    this.#append([record], new Map([[record.pack, table]]))
  }

  /** When nobody writes; a session that begins meanwhile does the same. */
  async writeMissingParts(signal: AbortSignal): Promise<void> {
    await this.quiet(signal)
    await using session = this.startWriting({ signal, onRead: () => undefined })
    await session.finish()
  }

  /** Resolves while no session is writing. */
  async quiet(signal: AbortSignal): Promise<void> {
    while (this.#writing) await this.deps.clock.sleep(BUSY_PAUSE_MS, signal)
  }

  *#missingParts(): Iterable<Uint8Array> {
    for (const pack of this.index.packsWithoutPart()) {
      if (pack.local && !pack.damaged) yield encodeIndexPart(pack.id, this.#reader.readTable(pack).tablePlain)
    }
  }

  // ------------------------------------------------------------------------------------------ reading

  placesOf(ids: readonly Uint8Array[], avoid?: ReadonlySet<PackId>): ChunkPlace[] {
    return this.#reader.placesOf(ids, avoid)
  }

  hasChunks(packedRefs: Uint8Array): boolean {
    return this.#reader.hasChunks(packedRefs)
  }

  async readTree(id: Uint8Array): Promise<Uint8Array> {
    return this.#reader.readTree(id)
  }

  /** One chunk of any class, from a local pack: for a few; restores open whole groups in their jobs. */
  readChunk(place: ChunkPlace): Uint8Array {
    return this.#reader.readChunk(place)
  }

  hasTree(id: Uint8Array): boolean {
    return this.index.hasChunk(id)
  }

  hasDistantData(): boolean {
    return this.index.hasDistantData()
  }

  packPath(id: PackId) {
    return packPath(this.paths, id)
  }

  temporaryPath(name: string) {
    return joinPath(this.paths.tmp, name)
  }

  readPack(id: PackId): Uint8Array {
    return this.#reader.readPack(id)
  }

  hasPack(id: PackId): boolean {
    return this.index.pack(id)?.local ?? false
  }

  /** Of a pack that is here. PACK_NOT_LOCAL, PACK_DAMAGED */
  chunkIdsOf(pack: PackToOpen & { readonly bytes: number }): Uint8Array[] {
    return this.#reader.readTable(pack).table.groups.flatMap(({ chunks }) => chunks.map(({ id }) => id))
  }

  pack(id: PackId): PackInfo | undefined {
    const row = this.index.pack(id)
    return row && packInfo(row)
  }

  packs(): Iterable<PackInfo> {
    return this.index.packs()
  }

  /** The newest record of where the fragments of a pack are. */
  placement(id: PackId): PlacedRecord | undefined {
    const record = this.#stored(this.index.placement(id))
    return record?.type === 'placed' ? record : undefined
  }

  snapshots(): Snapshot[] {
    const rows = this.index.snapshots()
    if (this.#records.size > 2 * rows.length) this.#records.clear()
    return rows.flatMap(({ id, local, remote, hold }) => {
      const record = this.#record(id)
      return record === undefined ? [] : [{ ...record, local, remote, hold }]
    })
  }

  #record(id: SnapshotId): SnapshotRecord | undefined {
    const known = this.#records.get(id)
    if (known !== undefined) return known
    const record = this.#stored(this.index.snapshotRecord(id))
    if (record?.type !== 'snapshot') return undefined
    this.#records.set(id, record)
    return record
  }

  /** With those that are being restored, whatever has expired since. */
  neededSnapshots(): { snapshot: SnapshotRecord; sides: number }[] {
    const live = this.snapshots().map((snapshot) => ({ snapshot, sides: sidesOf(snapshot) }))
    const used = [...this.#inUse].map((snapshot) => ({ snapshot, sides: SIDE.local | SIDE.remote }))
    return [...live, ...used]
  }

  /** Until it is disposed of, nothing that the snapshot needs is collected. */
  use(snapshot: SnapshotRecord): Disposable {
    const used = { ...snapshot }
    this.#inUse.add(used)
    return { [Symbol.dispose]: () => void this.#inUse.delete(used) }
  }

  get isWriting(): boolean {
    return this.#writing
  }

  /** The log says already that it goes. */
  removeLocal(id: PackId): void {
    const path = this.packPath(id)
    ignoring(['ENOENT'], () => this.deps.disk.removeFile(path))
    this.deps.disk.syncFolder(parentOf(path))
    this.setLocal(id, false)
  }

  settings(): VaultSettings {
    const record = this.#stored(this.index.meta('settings'))
    if (record?.type !== 'settings') return { boxName: '', zone: 'UTC', sources: [] }
    const { boxName, zone, sources } = record
    return { boxName, zone, sources }
  }

  changeSettings(settings: VaultSettings): void {
    this.log.append([{ type: 'settings', ...settings, at: this.deps.clock.wall() }])
  }

  #stored(bytes: Uint8Array | undefined): LogRecord | undefined {
    return bytes && decodeRecords(bytes)[0]
  }

  // ------------------------------------------------------------------------------------------ packs from elsewhere

  /** A pack that came back from peers: verified against the log's record, fsynced, indexed. */
  async adoptPack(id: PackId, bytes: Uint8Array, options: JobOptions = {}): Promise<void> {
    const pack = this.index.pack(id)
    if (!pack) throw new DatisError('PACK_UNKNOWN', 'The log names no such pack.', { pack: id })
    if (pack.local && !pack.damaged) return
    const input = { folder: this.paths.folder, keys: this.keys, pack, bytes }
    const table = parseTable(await this.deps.workers.run(adoptPackJob, input, options))
    this.#local.add(id)
    this.index.transaction(() => {
      this.index.setLocal(id, true)
      addTable(this.#applying, id, table)
    })
  }

  repackBasis(): Pick<RepackInput, 'folder' | 'keys' | 'padFloorBytes'> {
    return { folder: this.paths.folder, keys: this.keys, padFloorBytes: this.#options.padFloorBytes?.() ?? 0 }
  }

  /** Packs in the folder that no record names: whole ones are logged, others set aside. */
  async adoptStrays(): Promise<void> {
    for (const id of [...this.#local].sort()) {
      if (this.index.pack(id)) continue
      const input = { folder: this.paths.folder, keys: this.keys, id }
      const stray = await this.deps.workers.run(readStrayJob, input)
      if (stray) this.#commitStray(stray)
      else this.#setAside(id)
    }
  }

  #commitStray(stray: StrayPack): void {
    // The crash may have come before the folder was synced.
    this.deps.disk.syncFolder(this.paths.packs)
    this.deps.disk.syncFolder(parentOf(this.packPath(stray.pack.id)))
    this.commitMade(stray)
  }

  /** A pack that stands in the folder, durably. */
  commitMade({ pack, bytes, tableBytes, at, tablePlain }: StrayPack): void {
    const { id, class: packClass, generation } = pack
    const part = packClass === 'data' ? chunkIdOf(this.keys, 'metadata', encodeIndexPart(id, tablePlain)) : null
    this.commitPack(
      { type: 'pack', pack: id, class: packClass, generation, bytes, tableBytes, part, at },
      parseTable(tablePlain),
    )
  }

  setLocal(id: PackId, local: boolean): void {
    if (local) this.#local.add(id)
    else this.#local.delete(id)
    this.index.setLocal(id, local)
  }

  #setAside(id: PackId): void {
    setAside(this.deps.disk, this.paths, id)
    this.#local.delete(id)
  }
}

function sidesOf({ local, remote }: Snapshot): number {
  return (local ? SIDE.local : 0) | (remote ? SIDE.remote : 0)
}
