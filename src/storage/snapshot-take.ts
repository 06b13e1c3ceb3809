/** Takes a snapshot: walks a source, has changed files read, writes the trees from the leaves up, logs the record. */
import { assert, type BytePath, DatisError, nameOf, pathToText, type Stat, toHex } from '#base'
import { packRefs, unpackRefs } from './group.ts'
import { ROOT_ENTRY_BYTES_MAX } from './log-record.ts'
import { bareEntry, carried, readXattrs, symlinkEntry } from './snapshot-entry.ts'
import { SnapshotFiles } from './snapshot-files.ts'
import { FolderBuilder, type Slot } from './snapshot-folder.ts'
import { encodeIncomplete, IncompleteList } from './snapshot-incomplete.ts'
import { PreviousFolder, PreviousSnapshot } from './snapshot-previous.ts'
import { type TreeEntry, treeEntry } from './tree.ts'
import { encodeEntry } from './tree-format.ts'
import type { Snapshot, SnapshotDeps, SnapshotRecord, SourceSpec, VaultRunOptions, WritingSession } from './types.ts'
import {
  cleanPaths,
  foldersByInode,
  namesIn,
  Pause,
  type Place,
  placeBelow,
  placeOf,
  rootNames,
  scopeAt,
  statListed,
  tryDisk,
  type Verdict,
  type WalkRules,
  type WalkScope,
  walkRules,
} from './walk.ts'

export interface TakeSnapshotOptions extends VaultRunOptions {
  /** Never in a snapshot, besides the box's own folder. */
  readonly neverFolders?: readonly BytePath[]
}

const PROGRESS_EVERY_MS = 200
const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map()

/** Resolves when all is fsynced and the record is in the log. SOURCE_UNREADABLE when none of its paths could be read. */
export async function takeSnapshot(
  deps: SnapshotDeps,
  source: SourceSpec,
  options: TakeSnapshotOptions,
): Promise<Snapshot> {
  options.signal.throwIfAborted()
  const startedAt = deps.clock.wall()
  const taking = new SnapshotTaking(deps, source, options)
  await using session = deps.store.startWriting({
    signal: options.signal,
    onRead: (read) => taking.onRead(read),
    onBytes: (bytes) => taking.onBytes(bytes),
    ...(source.kbit === undefined ? {} : { kbit: source.kbit }),
  })
  const built = await taking.build(session)
  const totals = await session.finish()
  const record: SnapshotRecord = {
    type: 'snapshot',
    snapshot: toHex(deps.random.bytes(16)),
    source: source.name,
    startedAt,
    at: deps.clock.wall(),
    newBytes: totals.newPlainBytes,
    ...built,
  }
  // Before the session ends: until then nothing that it leans on is collected.
  deps.store.log.append([record])
  return { ...record, local: true, remote: true, hold: null }
}

type Built = Omit<SnapshotRecord, 'type' | 'snapshot' | 'source' | 'startedAt' | 'at' | 'newBytes'>

/** In an object, since a promise inside a promise would make the walk wait for the files. */
interface Taken {
  readonly slot: Slot
}

const NOTHING: Taken = { slot: null }

interface Found {
  readonly place: Place
  readonly stat: Stat
  readonly before: TreeEntry | null
}

class SnapshotTaking {
  readonly #deps: SnapshotDeps
  readonly #source: SourceSpec
  readonly #rules: WalkRules
  readonly #options: TakeSnapshotOptions
  readonly #paths: readonly BytePath[]
  readonly #pause: Pause
  readonly #previous: PreviousSnapshot
  readonly #never: ReadonlySet<string>
  readonly #incomplete = new IncompleteList()
  #session: WritingSession | null = null
  #files: SnapshotFiles | null = null
  #folders = 0
  #rootsRead = 0
  #bytesRead = 0
  #walked = false
  #shownAt: number

  constructor(deps: SnapshotDeps, source: SourceSpec, options: TakeSnapshotOptions) {
    this.#deps = deps
    this.#source = source
    this.#rules = walkRules(source)
    this.#options = options
    this.#paths = cleanPaths(source.paths)
    this.#pause = new Pause(deps.clock, options.signal)
    this.#previous = new PreviousSnapshot(deps.store, source.name)
    this.#never = foldersByInode(deps.disk, [deps.ownFolder, ...(options.neverFolders ?? [])])
    this.#shownAt = deps.clock.monotonic()
  }

  // ------------------------------------------------------------------------------------------ with the session

  get #writing(): { session: WritingSession; files: SnapshotFiles } {
    assert(this.#session && this.#files, 'a snapshot is built in a session')
    return { session: this.#session, files: this.#files }
  }

  onRead(read: Parameters<SnapshotFiles['onRead']>[0]): void {
    this.#writing.files.onRead(read)
    this.#showProgress()
  }

  onBytes(bytes: number): void {
    this.#bytesRead += bytes
    this.#showProgress()
  }

  #showProgress(force = false): void {
    const now = this.#deps.clock.monotonic()
    if (!force && now - this.#shownAt < PROGRESS_EVERY_MS) return
    this.#shownAt = now
    const done = this.#files?.done ?? { files: 0, bytes: 0 }
    this.#options.onProgress?.({
      phase: this.#walked ? 'snapshot' : 'walk',
      filesDone: done.files,
      bytesDone: Math.max(done.bytes, this.#bytesRead),
    })
  }

  async build(session: WritingSession): Promise<Built> {
    this.#session = session
    this.#files = new SnapshotFiles({
      disk: this.#deps.disk,
      session,
      previous: this.#previous,
      incomplete: this.#incomplete,
    })
    const { slot, single } = await this.#root()
    this.#walked = true
    this.#showProgress(true)
    await this.#files.settled()
    const root = await slot
    if (this.#rootsRead === 0 || root === null) throw this.#unreadableSource()
    this.#showProgress(true)
    return this.#finish(root, single)
  }

  async #finish(root: TreeEntry, single: boolean): Promise<Built> {
    const { session, files } = this.#writing
    const rootRef = root.tree && unpackRefs(root.tree)[0]
    if (!rootRef) throw this.#unreadableSource()
    const rootEntry = this.#encodeRoot(root)
    const { items, count } = this.#incomplete
    return {
      paths: this.#paths,
      single,
      root: { id: new Uint8Array(rootRef.id), bytes: rootRef.bytes },
      rootEntry,
      state: count === 0 ? 'complete' : 'incomplete',
      files: files.done.files,
      folders: this.#folders,
      bytes: files.done.bytes,
      incompleteCount: count,
      incomplete: count === 0 ? null : await session.writeTree(encodeIncomplete(items)),
    }
  }

  /** It travels in the log's record, where a MiB of access rights has no room. */
  #encodeRoot(root: TreeEntry): Uint8Array {
    const bytes = encodeEntry(root)
    if (bytes.byteLength <= ROOT_ENTRY_BYTES_MAX) return bytes
    this.#incomplete.add(this.#paths[0] ?? root.name, 'XATTRS_TOO_LARGE')
    return encodeEntry({ ...root, xattrs: NO_XATTRS })
  }

  #unreadableSource(): DatisError {
    const first = this.#incomplete.items[0]
    return new DatisError('SOURCE_UNREADABLE', 'Nothing of the source could be read.', {
      source: this.#source.name,
      path: first ? pathToText(first.path) : '',
      cause: first?.cause ?? '',
    })
  }

  // ------------------------------------------------------------------------------------------ paths of the source

  /** One folder is the root itself; anything else becomes a name in a root of our own. */
  async #root(): Promise<Taken & { single: boolean }> {
    const only = this.#paths.length === 1 ? this.#paths[0] : undefined
    if (only !== undefined) {
      const found = await this.#findPath(only)
      if (found?.stat.kind === 'folder') return { ...(await this.#takePath(found)), single: true }
    }
    return { ...(await this.#rootOfPaths()), single: false }
  }

  async #rootOfPaths(): Promise<Taken> {
    const builder = this.#newBuilder()
    const names = rootNames(this.#paths)
    const order = names.map((_, index) => index).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1))
    for (const index of order) {
      const path = this.#paths[index]
      const name = names[index]
      if (path !== undefined && name !== undefined) await builder.add(renamed((await this.#namedPath(path)).slot, name))
    }
    const { clock } = this.#deps
    const now = BigInt(clock.wall()) * 1_000_000n
    const entry = treeEntry({ name: 'root' as BytePath, kind: 'folder', mode: 0o755, mtimeNs: now, ctimeNs: now })
    return { slot: folderSlot(entry, builder) }
  }

  #newBuilder(): FolderBuilder {
    const { session, files } = this.#writing
    return new FolderBuilder(session, () => files.settled())
  }

  async #namedPath(path: BytePath): Promise<Taken> {
    const tried = tryDisk(() => this.#deps.disk.stat(path))
    const before = await this.#previous.rootOf(path)
    if ('cause' in tried) {
      this.#incomplete.add(path, tried.cause)
      return { slot: before && carried(nameOrRoot(path), before, tried.cause) }
    }
    return this.#takePath({ place: placeOf(path), stat: tried.value, before })
  }

  async #findPath(path: BytePath): Promise<Found | null> {
    const tried = tryDisk(() => this.#deps.disk.stat(path))
    if ('cause' in tried) return null
    return { place: placeOf(path), stat: tried.value, before: await this.#previous.rootOf(path) }
  }

  async #takePath(found: Found): Promise<Taken> {
    const { place, stat } = found
    const scope = scopeAt(this.#deps.disk, this.#rules, place.path, { stat, never: this.#never })
    if (scope === null) {
      this.#incomplete.add(place.path, 'OWN_FOLDER')
      return NOTHING
    }
    this.#rootsRead++
    return this.#take(scope, found)
  }

  // ------------------------------------------------------------------------------------------ walking

  async #take(scope: WalkScope, found: Found): Promise<Taken> {
    const { place, stat } = found
    const verdict = scope.judge(place, stat)
    if (verdict === 'leave') return NOTHING
    if (stat.kind === 'folder') return this.#takeFolder(scope, found, verdict)
    if (stat.kind === 'file') return this.#writing.files.add(found)
    return { slot: this.#takeOther(found) }
  }

  /** Links, and what is listed but not read. */
  #takeOther({ place, stat, before }: Found): TreeEntry | null {
    const { disk } = this.#deps
    const parts = { stat, xattrs: readXattrs(disk, place.path, this.#incomplete) }
    if (stat.kind !== 'symlink') return bareEntry(nameOf(place.path), parts)
    const link = symlinkEntry(disk, place.path, parts)
    if ('value' in link) return link.value
    if (link.cause === 'ENOENT') return null
    this.#incomplete.add(place.path, link.cause)
    return before?.kind === 'symlink' ? carried(nameOf(place.path), before, link.cause) : null
  }

  async #takeFolder(scope: WalkScope, found: Found, verdict: Exclude<Verdict, 'leave'>): Promise<Taken> {
    const { disk } = this.#deps
    const { place, stat, before } = found
    const listed = namesIn(disk, place, verdict)
    if ('cause' in listed) return { slot: this.#unreadableFolder(found, listed.cause) }
    this.#folders++
    const xattrs = readXattrs(disk, place.path, this.#incomplete)
    const builder = this.#newBuilder()
    const previous = new PreviousFolder(this.#deps.store, before)
    for (const name of listed.value) {
      if (this.#pause.due) await this.#pause.rest()
      const child = placeBelow(place, name)
      const known = previous.peek(name)
      const { slot } = await this.#takeChild(scope, child, known === undefined ? await previous.find(name) : known)
      await builder.add(slot)
    }
    const entry = bareEntry(nameOrRoot(place.path), { stat, xattrs })
    return { slot: folderSlot(entry, builder) }
  }

  async #takeChild(scope: WalkScope, place: Place, before: TreeEntry | null): Promise<Taken> {
    const tried = statListed(this.#deps.disk, scope, place)
    if (tried === null) return NOTHING
    if ('value' in tried) return this.#take(scope, { place, stat: tried.value, before })
    this.#incomplete.add(place.path, tried.cause)
    return { slot: before && carried(before.name, before, tried.cause) }
  }

  #unreadableFolder({ place, stat, before }: Found, cause: string): TreeEntry | null {
    if (place.relative === '') this.#rootsRead--
    // Vanished between its parent's listing and its own: no fault.
    if (cause === 'ENOENT' && place.relative !== '') return null
    this.#incomplete.add(place.path, cause)
    if (before?.kind === 'folder' && before.tree) return carried(nameOrRoot(place.path), before, cause)
    return { ...bareEntry(nameOrRoot(place.path), { stat, xattrs: NO_XATTRS }), incomplete: cause }
  }
}

function nameOrRoot(path: BytePath): BytePath {
  return nameOf(path) || ('root' as BytePath)
}

function renamed(slot: Slot, name: BytePath): Slot {
  if (slot instanceof Promise) return slot.then((entry) => entry && { ...entry, name })
  return slot && { ...slot, name }
}

function folderSlot(entry: TreeEntry, builder: FolderBuilder): Promise<TreeEntry> {
  const slot = builder.finish().then((ref) => ({ ...entry, tree: packRefs([ref]) }))
  // The folder above awaits it later, and then hears of a failure.
  slot.catch(() => undefined)
  return slot
}
