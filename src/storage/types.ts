/**
 * The contracts inside the layer `storage`: what the chunk store (packs, groups, log, index) offers to snapshots and
 * restores. Pure types; the door is index.ts.
 */
import type { BytePath, Clock, Disk, Random, Stat, Workers } from '#base'
import type { Keyring } from '#crypto'

/** 32 bytes, lower-case hex. */
export type PackId = string
/** 16 bytes, lower-case hex. */
export type SnapshotId = string
/** `data`: pieces of files. `metadata`: trees, pages, chunk lists, index parts; always kept locally. */
export type PackClass = 'data' | 'metadata'

export interface VaultDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  /** At least 2: a writing session holds up to `size − 1` of them until it ends, so give it cores + 1. */
  readonly workers: Workers
}

/** The keys that jobs need; plain data, can be cloned to a thread. */
export interface VaultKeys {
  readonly box: string
  readonly chunkIdKey: Uint8Array
  readonly treeIdKey: Uint8Array
  readonly chunkerKey: Uint8Array
  /** Oldest first; the last is the one that new packs use. */
  readonly generations: readonly {
    readonly generation: number
    readonly packKey: Uint8Array
    readonly metadataKey: Uint8Array
  }[]
}

export interface VaultOptions {
  readonly folder: BytePath
  readonly box: string
  readonly keyring: Keyring
  /** The SQLite file, a system path; `:memory:` in the simulation. */
  readonly indexPath: string
  readonly packBytesTarget?: number
  /** The least length of a pack, asked for at each snapshot: it may depend on who the hosts are. */
  readonly padFloorBytes?: () => number
}

// ---------------------------------------------------------------------------------------------- writing

/** Name and length of one chunk. */
export interface ChunkRef {
  readonly id: Uint8Array
  readonly bytes: number
}

/** Length of one packed reference in `FileRead.chunks`: id (32) ‖ length (u32 LE). See packRefs / unpackRefs in group.ts. */
export const CHUNK_REF_BYTES = 36

/** One regular file to be read. `key` comes back in the result; `stat` is the walk's. */
export interface FileToRead {
  readonly key: number
  readonly path: BytePath
  readonly stat: Stat
}

export type FileRead =
  | {
      readonly key: number
      readonly state: 'read'
      /** References of its chunks in order, CHUNK_REF_BYTES each; empty for an empty file. */
      readonly chunks: Uint8Array
      /** Sum of the chunks' lengths: what a restore will write. */
      readonly bytes: number
      /** It changed while it was read, three times: the content may mix two states. */
      readonly torn: boolean
      /** After reading (of the open file): put this one in the tree, not the walk's. */
      readonly stat: Stat
    }
  /** ENOENT at open: no fault (security rule 5). */
  | { readonly key: number; readonly state: 'vanished' }
  /** `cause`: the system's code, or NOT_A_FILE when another kind of thing took its place. */
  | { readonly key: number; readonly state: 'unreadable'; readonly cause: string }

export interface WritingOptions {
  readonly signal: AbortSignal
  /** Called once for each file, in no order, from the thread of the session. */
  onRead(result: FileRead): void
  /** Called now and then with the number of bytes read since the last call. */
  onBytes?(bytes: number): void
  /** Files are read no faster than this; absent: as fast as it goes. */
  readonly kbit?: number
}

/** What one snapshot run puts into the vault. One at a time: a second `startWriting` throws VAULT_BUSY. */
export interface WritingSession extends AsyncDisposable {
  /**
   * Queues one file; call it in walk order (neighbours are compressed together). Resolves when there is room for
   * more. Rejects when the session failed (VAULT_DISK_FULL, the signal's reason …): then all else rejects too.
   */
  readFile(file: FileToRead): Promise<void>
  /** Waits until each queued file has been reported through `onRead`. More files may follow. */
  settled(): Promise<void>
  /** A metadata chunk (≤ METADATA_CHUNK_BYTES_MAX): its reference at once (resolves late when too much waits to be sealed). */
  writeTree(plain: Uint8Array): Promise<ChunkRef>
  /**
   * Seals what is open (data, then index parts, then metadata), fsynced and logged: all references handed out are
   * stored. After it, append the snapshot's record to the log. The session is over; disposing it without `finish`
   * gives up what was not sealed.
   */
  finish(): Promise<WritingTotals>
}

export interface WritingTotals {
  /** Bytes of chunks that were new, before and after compression and sealing. */
  readonly newPlainBytes: number
  readonly newSealedBytes: number
  readonly packs: readonly PackId[]
}

// ---------------------------------------------------------------------------------------------- reading

/** Where a sealed group lies, and all that is needed to open it. Plain data, can be cloned to a job. */
export interface GroupPlace {
  readonly pack: PackId
  readonly packClass: PackClass
  /** Whether the pack is on the local disk; else fetch it. */
  readonly packLocal: boolean
  readonly generation: number
  /** Number of the group in its pack. */
  readonly position: number
  readonly offset: number
  /** Sealed length. */
  readonly length: number
  readonly plainBytes: number
  readonly codec: number
  /** SHA-256 of the chunk ids of the group. */
  readonly binding: Uint8Array
}

/** One place of a chunk. Chunks of one group share one `group` object. */
export interface ChunkPlace {
  readonly group: GroupPlace
  /** In the group's plaintext. */
  readonly offset: number
  readonly bytes: number
}

/*
 * For restore's job (group.ts, pure):
 *
 *   openGroup(keys: VaultKeys, place: GroupPlace, sealed: Uint8Array): Uint8Array
 *       `sealed` = pack.subarray(place.offset, place.offset + place.length). Throws PACK_DAMAGED.
 *   chunkIdOf(keys: VaultKeys, packClass: PackClass, plain: Uint8Array): Uint8Array
 *       compare each restored chunk with its id ("check data twice"); the AEAD already covers the group.
 *   packRefs(refs: readonly ChunkRef[]): Uint8Array, unpackRefs(packed: Uint8Array): ChunkRef[]
 */

export interface ChunkStore {
  startWriting(options: WritingOptions): WritingSession
  /**
   * A place of each data chunk, in the order of `ids`, local ones first. Throws CHUNK_UNKNOWN { chunk }. `avoid`:
   * packs that turned out damaged or unreachable.
   */
  placesOf(ids: readonly Uint8Array[], avoid?: ReadonlySet<PackId>): ChunkPlace[]
  /** Whether the log names a data pack that is not on the local disk. */
  hasDistantData(): boolean
  /** Whether each data chunk has a place, to trust what an older snapshot says of an unchanged file. */
  hasChunks(packedRefs: Uint8Array): boolean
  /**
   * A metadata chunk's plaintext, verified by its id; small LRU cache of opened groups. Throws CHUNK_UNKNOWN,
   * PACK_DAMAGED, PACK_NOT_LOCAL { pack }.
   */
  readTree(id: Uint8Array): Promise<Uint8Array>
  hasTree(id: Uint8Array): boolean
  /** The file of a local pack, for jobs that read it themselves. */
  packPath(id: PackId): BytePath
  /** For files that are worth nothing after a crash: emptied when the vault is opened. */
  temporaryPath(name: string): BytePath
  /** A whole pack, synchronously. Throws PACK_UNKNOWN, PACK_NOT_LOCAL. Not verified: `verifyPack` or `openGroup` does. */
  readPack(id: PackId): Uint8Array
  readonly keys: VaultKeys
  readonly log: Log
  /** Those that are kept on a side, in the order of the log. */
  snapshots(): Snapshot[]
}

/** What the functions of snapshots and restores get from the vault (vault.ts calls them; engineer B writes them). */
export interface SnapshotDeps extends VaultDeps {
  readonly store: ChunkStore
  /** Never in a snapshot: the box's own folder. */
  readonly ownFolder: BytePath
}

export interface PackInfo {
  readonly id: PackId
  readonly class: PackClass
  readonly generation: number
  readonly bytes: number
  readonly local: boolean
  /** Hosts are asked to forget it: nothing new may lean on it, and it counts as placed nowhere. */
  readonly released: boolean
  /** That it is not here is our own will. */
  readonly dropped: boolean
  readonly at: number
}

// ---------------------------------------------------------------------------------------------- log

export interface LogEnd {
  readonly frames: number
  /** Hash of the last frame; 64 zeros when there is none. */
  readonly hash: string
}

export interface Log {
  /** One frame: written, fsynced, then indexed. Throws LOG_UNCERTAIN when it may not be on the disk: reopen the vault. */
  append(records: readonly LogRecord[]): void
  end(): LogEnd
  /** Whole sealed frames back to back from number `from` (0 = first), at most `bytesMax` (but at least one). */
  frames(from: number, bytesMax: number): Uint8Array
  records(): Iterable<LogRecord>
}

export type LogRecord =
  | VaultRecord
  | SettingsRecord
  | PackRecord
  | PlacedRecord
  | ReleasedRecord
  | DroppedRecord
  | SnapshotRecord
  | ExpiredRecord
  | HoldRecord

/** First record of each vault. */
export interface VaultRecord {
  readonly type: 'vault'
  readonly box: string
  readonly at: number
}

export interface SourceSpec {
  readonly name: string
  readonly paths: readonly BytePath[]
  readonly excludes: readonly string[]
  readonly oneFileSystem: boolean
  /** Retention policies, as text; absent: the box's default of that side. */
  readonly local?: string
  readonly remote?: string
  /** Who comes first when several are due; absent: normal. */
  readonly importance?: Importance
  /** Of reading it, in kbit/s; absent: as fast as it goes. */
  readonly kbit?: number
  /** No snapshot of it is taken any more; those that there are stay by its policies. */
  readonly ended?: true
}

export type Importance = 'high' | 'normal' | 'low'

/** Kept in the log so that a recovered box finds them. */
export interface VaultSettings {
  readonly boxName: string
  /** IANA name: `Europe/Paris`. */
  readonly zone: string
  readonly sources: readonly SourceSpec[]
}

export interface SettingsRecord extends VaultSettings {
  readonly type: 'settings'
  readonly at: number
}

export interface PackRecord {
  readonly type: 'pack'
  readonly pack: PackId
  readonly class: PackClass
  readonly generation: number
  readonly bytes: number
  /** Sealed length of the table. */
  readonly tableBytes: number
  /** Id of the metadata chunk that repeats the table of a data pack (index part); null for a metadata pack. */
  readonly part: Uint8Array | null
  readonly at: number
}

/** Which hosts acknowledged which rows; the newest record of a pack counts. Written by `box`. */
export interface PlacedRecord {
  readonly type: 'placed'
  readonly pack: PackId
  readonly code: { readonly n: number; readonly k: number }
  /** Bytes of one fragment. */
  readonly length: number
  readonly rows: readonly { readonly row: number; readonly host: string; readonly at: number }[]
  /** n Merkle roots. */
  readonly roots: readonly Uint8Array[]
  /** The signed stripe record, as CBOR of `Signed`. */
  readonly statement: Uint8Array
}

/** Packs that hosts are to forget (`released`), or to keep after all (`kept`); the last of a pack counts. Written by `box`. */
export interface ReleasedRecord {
  readonly type: 'released' | 'kept'
  readonly packs: readonly PackId[]
  readonly at: number
}

/** Packs whose local files go by our own will: that they are not here is no loss. */
export interface DroppedRecord {
  readonly type: 'dropped'
  readonly packs: readonly PackId[]
  readonly at: number
}

export type Side = 'local' | 'remote'

/** Snapshots that are kept no more on one side. */
export interface ExpiredRecord {
  readonly type: 'expired'
  readonly side: Side
  readonly snapshots: readonly SnapshotId[]
  readonly at: number
}

/** A snapshot that no policy expires, and why; null: any may again. The last of a snapshot counts. */
export interface HoldRecord {
  readonly type: 'hold'
  readonly snapshot: SnapshotId
  readonly reason: string | null
  readonly at: number
}

/** One run of a source: docs/formats/snapshot.md. */
export interface SnapshotRecord {
  readonly type: 'snapshot'
  readonly snapshot: SnapshotId
  readonly source: string
  readonly startedAt: number
  /** When it was complete. */
  readonly at: number
  readonly paths: readonly BytePath[]
  /** The one path was a folder: the root tree is that folder. Else the root tree has one name for each path. */
  readonly single: boolean
  /** The tree of the snapshot's root. */
  readonly root: ChunkRef
  /** The root folder's own metadata: encodeEntry in tree-format.ts. */
  readonly rootEntry: Uint8Array
  readonly state: 'complete' | 'incomplete'
  readonly files: number
  readonly folders: number
  readonly bytes: number
  readonly newBytes: number
  readonly incompleteCount: number
  /** A metadata chunk that lists what could not be read; null when complete. */
  readonly incomplete: ChunkRef | null
}

/** A snapshot as it stands: its record, and on which sides it is kept still. */
export interface Snapshot extends SnapshotRecord {
  readonly local: boolean
  readonly remote: boolean
  /** Why no policy expires it. */
  readonly hold: string | null
}

// ---------------------------------------------------------------------------------------------- progress, checks

export interface ProgressEvent {
  readonly phase: string
  readonly filesDone?: number
  readonly filesTotal?: number
  readonly bytesDone?: number
  readonly bytesTotal?: number
}

export interface VaultRunOptions {
  readonly signal: AbortSignal
  onProgress?(event: ProgressEvent): void
}

export interface CheckReport {
  readonly packs: number
  readonly bytes: number
  readonly damaged: readonly { readonly pack: PackId; readonly cause: string }[]
  /** Packs that the log names and the disk does not have. */
  readonly missing: readonly PackId[]
}

/** The bytes are the caller's from then on. */
export type FetchPack = (id: PackId, signal: AbortSignal) => Promise<Uint8Array>
