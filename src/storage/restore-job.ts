/**
 * The heavy half of a restore, in a thread: opens groups of one pack, checks each chunk against its id, writes it to
 * where files want it, and finishes files that are then complete. A file that one write fills gets its name when it is
 * whole; all others grow under a temporary one.
 */
import {
  assert,
  type BytePath,
  bytesEqual,
  codeOf,
  type Disk,
  type DiskFile,
  defineJob,
  ignoring,
  type JobWorld,
  type NotSet,
  release,
  systemError,
  transferring,
} from '#base'
import { chunkIdOf, openGroup } from './group.ts'
import type { PackInput } from './restore-fetch.ts'
import { applyMetadata, type EntryMetadata } from './restore-metadata.ts'
import { namedPath, TargetFolders } from './target.ts'
import type { GroupPlace, VaultKeys } from './types.ts'

const OPEN_FILES_MAX = 64
/** Runs of zeros of this length, aligned, stay holes: the block of ext4, XFS, Btrfs. */
const HOLE_BYTES = 4096
const zeros = Buffer.alloc(HOLE_BYTES)

export interface JobFile {
  /** Relative to the target. */
  readonly folder: BytePath
  readonly temp: string
  /** This job makes the temporary file; otherwise it is there. */
  readonly create: boolean
  readonly sparse: boolean
  /** Null: other packs hold more of it. */
  readonly finish: JobFinish | null
}

export interface JobFinish {
  readonly name: string
  readonly bytes: number
  readonly metadata: EntryMetadata
  /** What stood under this name when the folder was listed may be replaced; anything else in the way fails the file. */
  readonly replace: boolean
}

export interface JobChunk {
  readonly offset: number
  readonly bytes: number
  readonly writes: readonly { readonly file: number; readonly at: number }[]
}

export interface JobGroup {
  readonly place: GroupPlace
  readonly chunks: readonly JobChunk[]
  /** Of the chunks, 32 bytes each: one array crosses to a thread far cheaper than thousands. */
  readonly ids: Uint8Array
}

export interface RestoreJobInput {
  readonly keys: VaultKeys
  /** Path of the held target. */
  readonly root: BytePath
  /** A local pack, the bytes of one that was fetched, lent, or none: then files are only made or finished. */
  readonly pack: PackInput | null
  readonly groups: readonly JobGroup[]
  readonly files: readonly JobFile[]
}

export interface RestoreJobOutput {
  readonly files: readonly FileOutcome[]
  /** Positions in `groups` that could not be read, opened or trusted. */
  readonly damaged: readonly { readonly group: number; readonly cause: string }[]
  /** The bytes that were lent; null when none were. */
  readonly pack: Uint8Array | null
}

export interface FileOutcome {
  readonly state: 'partial' | 'finished' | 'failed'
  /** Of `failed`. */
  readonly cause: string
  readonly notSet: readonly NotSet[]
}

const PARTIAL: FileOutcome = { state: 'partial', cause: '', notSet: [] }

export const restoreJob = defineJob(import.meta.url, 'restoreJob', runRestoreJob)

function runRestoreJob(world: JobWorld, input: RestoreJobInput): RestoreJobOutput {
  using folders = new TargetFolders(world.disk, input.root)
  using files = new JobFiles(world.disk, folders, input)
  const damaged: { group: number; cause: string }[] = []
  using pack = new PackSource(world.disk, input.pack)
  for (const [index, group] of input.groups.entries()) {
    world.signal.throwIfAborted()
    const plain = openChecked(input.keys, group, pack)
    if ('cause' in plain) {
      damaged.push({ group: index, cause: plain.cause })
      continue
    }
    for (const chunk of group.chunks) files.write(chunk, plain.bytes)
    release(plain.bytes)
  }
  const output = { files: files.finishRest(world.signal), damaged }
  return input.pack?.bytes ? withPack(output, input.pack.bytes) : { ...output, pack: null }
}

function withPack(output: Omit<RestoreJobOutput, 'pack'>, pack: Uint8Array): RestoreJobOutput {
  return transferring({ ...output, pack }, pack.buffer instanceof ArrayBuffer ? [pack.buffer] : [])
}

class PackSource implements Disposable {
  readonly #disk: Disk
  readonly #pack: RestoreJobInput['pack']
  #file: DiskFile | null = null
  #sealed: Buffer = Buffer.alloc(0)

  constructor(disk: Disk, pack: RestoreJobInput['pack']) {
    this.#disk = disk
    this.#pack = pack
  }

  /** Good until the next call. */
  read({ offset, length }: GroupPlace): Uint8Array {
    assert(this.#pack, 'groups lie in a pack')
    if (this.#pack.bytes) return this.#pack.bytes.subarray(offset, offset + length)
    this.#file ??= this.#disk.open(this.#pack.path, 'read')
    if (this.#sealed.byteLength < length) {
      release(this.#sealed)
      this.#sealed = Buffer.allocUnsafeSlow(length)
    }
    return this.#sealed.subarray(0, this.#file.read(this.#sealed.subarray(0, length), offset))
  }

  [Symbol.dispose](): void {
    release(this.#sealed)
    this.#file?.[Symbol.dispose]()
  }
}

/** The group's plaintext once each chunk that is wanted of it was compared with its id. */
function openChecked(
  keys: VaultKeys,
  { place, chunks, ids }: JobGroup,
  pack: PackSource,
): { bytes: Uint8Array } | { cause: string } {
  try {
    const bytes = openGroup(keys, place, pack.read(place))
    for (const [index, chunk] of chunks.entries()) {
      const id = chunkIdOf(keys, 'data', bytes.subarray(chunk.offset, chunk.offset + chunk.bytes))
      if (!bytesEqual(id, ids.subarray(32 * index, 32 * (index + 1)))) return { cause: 'PACK_DAMAGED' }
    }
    return { bytes }
  } catch (error) {
    const cause = codeOf(error)
    if (cause === 'UNEXPECTED') throw error
    return { cause }
  }
}

class JobFiles implements Disposable {
  readonly #disk: Disk
  readonly #folders: TargetFolders
  readonly #files: readonly JobFile[]
  readonly #outcomes: FileOutcome[]
  /** Writes of this job that each file still waits for. */
  readonly #waiting: number[]
  readonly #made: boolean[]
  readonly #open = new Map<number, DiskFile>()
  /** False once this target's file system said that it has none. */
  #unnamed = true

  constructor(disk: Disk, folders: TargetFolders, { files, groups }: RestoreJobInput) {
    this.#disk = disk
    this.#folders = folders
    this.#files = files
    this.#outcomes = files.map(() => PARTIAL)
    this.#made = files.map((file) => !file.create)
    this.#waiting = files.map(() => 0)
    for (const { chunks } of groups) {
      for (const { writes } of chunks) {
        for (const { file } of writes) this.#waiting[file] = (this.#waiting[file] ?? 0) + 1
      }
    }
  }

  write(chunk: JobChunk, group: Uint8Array): void {
    const plain = group.subarray(chunk.offset, chunk.offset + chunk.bytes)
    for (const { file, at } of chunk.writes) {
      this.#trying(file, () => {
        if (this.#waiting[file] === 1 && this.#writeAtOnce(file, plain)) return
        const handle = this.#handle(file)
        if (this.#files[file]?.sparse) writeSparse(handle, plain, at)
        else handle.write(plain, at)
      })
      this.#waiting[file] = (this.#waiting[file] ?? 0) - 1
      if (this.#waiting[file] === 0) this.#end(file)
    }
  }

  /** Files that wait for no write of this job: empty ones, and those whose chunks other jobs wrote. */
  finishRest(signal: AbortSignal): readonly FileOutcome[] {
    for (const [file, given] of this.#files.entries()) {
      signal.throwIfAborted()
      const empty = given.finish?.bytes === 0 && this.#waiting[file] === 0
      if (empty) this.#trying(file, () => void this.#writeAtOnce(file, zeros.subarray(0, 0)))
      // Made even when its chunks are damaged: the next source of them finds it.
      if (given.create && !this.#made[file]) this.#trying(file, () => void this.#handle(file))
      if (this.#waiting[file] === 0 && this.#outcomes[file]?.state === 'partial') this.#end(file)
      else this.#close(file)
    }
    return this.#outcomes
  }

  /**
   * A file that these bytes fill: written, given its metadata and only then its name, which no crash can come between.
   * False when it must go the other way, by a temporary name.
   */
  #writeAtOnce(file: number, plain: Uint8Array): boolean {
    const given = this.#files[file]
    const finish = given?.finish
    if (!this.#unnamed || !finish || !given.create || this.#made[file]) return false
    if (finish.replace || finish.bytes !== plain.byteLength) return false
    const notSet = ignoring(['ENOTSUP'], () => this.#writeUnnamed(given, finish, plain))
    if (notSet === undefined) {
      this.#unnamed = false
      return false
    }
    this.#made[file] = true
    this.#outcomes[file] = { state: 'finished', cause: '', notSet }
    return true
  }

  #writeUnnamed(given: JobFile, finish: JobFinish, plain: Uint8Array): readonly NotSet[] {
    const folder = this.#folders.at(given.folder)
    using handle = this.#disk.openUnnamed(folder)
    if (given.sparse) {
      writeSparse(handle, plain, 0)
      handle.truncate(finish.bytes)
    } else if (plain.byteLength > 0) handle.write(plain, 0)
    const notSet = applyMetadata(finish.metadata, (some) => handle.setMetadata(some))
    handle.giveName(namedPath(folder, finish.name))
    return notSet
  }

  #end(file: number): void {
    const finish = this.#files[file]?.finish
    if (finish) this.#trying(file, () => this.#finish(file, finish))
    this.#close(file)
  }

  #finish(file: number, finish: JobFinish): void {
    const given = this.#files[file]
    assert(given, 'a finished file was given')
    const handle = this.#handle(file)
    // Holes at the end are made by the length alone.
    if (given.sparse) handle.truncate(finish.bytes)
    const notSet = applyMetadata(finish.metadata, (some) => handle.setMetadata(some))
    this.#close(file)
    const folder = this.#folders.at(given.folder)
    const temp = namedPath(folder, given.temp)
    putInPlace(this.#disk, temp, namedPath(folder, finish.name), finish.replace)
    this.#outcomes[file] = { state: 'finished', cause: '', notSet }
  }

  /** A failure of the target's disk fails the file; the rest goes on. */
  #trying(file: number, act: () => void): void {
    if (this.#outcomes[file]?.state !== 'partial') return
    try {
      act()
    } catch (error) {
      const cause = codeOf(error)
      if (cause === 'UNEXPECTED') throw error
      this.#outcomes[file] = { state: 'failed', cause, notSet: [] }
      this.#close(file)
    }
  }

  #handle(file: number): DiskFile {
    const open = this.#open.get(file)
    if (open) return open
    const given = this.#files[file]
    assert(given, 'a written file was given')
    const path = this.#folders.pathOf(given.folder, given.temp)
    const handle = this.#made[file] ? openAgain(this.#disk, path) : this.#disk.open(path, 'create')
    this.#made[file] = true
    this.#open.set(file, handle)
    if (this.#open.size > OPEN_FILES_MAX) this.#close(this.#open.keys().next().value ?? file)
    return handle
  }

  #close(file: number): void {
    this.#open.get(file)?.[Symbol.dispose]()
    this.#open.delete(file)
  }

  [Symbol.dispose](): void {
    for (const handle of this.#open.values()) handle[Symbol.dispose]()
    this.#open.clear()
  }
}

/** Ours has one name: a file that somebody linked in its place is not written to. */
function openAgain(disk: Disk, path: BytePath): DiskFile {
  const handle = disk.open(path, 'write')
  const { kind, links } = handle.stat()
  if (kind === 'file' && links === 1) return handle
  handle[Symbol.dispose]()
  throw systemError('EEXIST', 'open', path)
}

/**
 * Gives a finished thing its name. Without `replace` anything there fails it with EEXIST: what the listing of the
 * folder did not show is a name that this file system takes for the same (case, Unicode), or came meanwhile.
 */
export function putInPlace(disk: Disk, temp: BytePath, path: BytePath, replace: boolean): void {
  const there = ignoring(['ENOENT'], () => disk.stat(path))
  if (there && !replace) throw systemError('EEXIST', 'rename', path)
  // An empty folder gives way; a full one says ENOTEMPTY.
  if (there?.kind === 'folder') disk.removeFolder(path)
  disk.rename(temp, path)
}

function writeSparse(file: DiskFile, plain: Uint8Array, at: number): void {
  let from = -1
  for (let start = 0; start < plain.byteLength; ) {
    const end = Math.min(plain.byteLength, start + HOLE_BYTES - ((at + start) % HOLE_BYTES))
    const hole = end - start === HOLE_BYTES && zeros.equals(plain.subarray(start, end))
    if (hole && from >= 0) file.write(plain.subarray(from, start), at + from)
    if (hole) from = -1
    else if (from < 0) from = start
    start = end
  }
  if (from >= 0) file.write(plain.subarray(from), at + from)
}
