/** Files on their way into a snapshot: queued to the writing session, or taken over unread from the previous one. */
import { assert, type Disk, nameOf, type Stat } from '#base'
import { bareEntry, carried, readXattrs } from './snapshot-entry.ts'
import type { IncompleteList } from './snapshot-incomplete.ts'
import type { PreviousSnapshot } from './snapshot-previous.ts'
import { linkKey, type TreeEntry } from './tree.ts'
import { writeContent } from './tree-writer.ts'
import type { FileRead, WritingSession } from './types.ts'
import type { Place } from './walk.ts'

/** From this many runs in a row on, a file that changes while it is read makes its source incomplete (security rule 5). */
const TORN_RUNS_MAX = 3
/** The count in an entry stops here. */
const TORN_COUNTED_MAX = 1000

export interface FileCounts {
  files: number
  /** Of content; a file with several names counts once. */
  bytes: number
}

export interface SnapshotFilesDeps {
  readonly disk: Disk
  readonly session: WritingSession
  readonly previous: PreviousSnapshot
  readonly incomplete: IncompleteList
}

interface FoundFile {
  readonly place: Place
  readonly stat: Stat
  readonly before: TreeEntry | null
}

interface KnownLink {
  readonly entry: Promise<TreeEntry | null>
  namesLeft: number
}

export class SnapshotFiles {
  readonly done: FileCounts = { files: 0, bytes: 0 }
  readonly #deps: SnapshotFilesDeps
  readonly #reading = new Map<number, (read: FileRead) => void>()
  /** By device and inode: files with several names, until all of them were met. */
  readonly #links = new Map<string, KnownLink>()
  /** Other names that wait to hear whether their first name was there. */
  readonly #deciding = new Set<Promise<void>>()
  #key = 0

  constructor(deps: SnapshotFilesDeps) {
    this.#deps = deps
  }

  /** For `WritingOptions.onRead`. */
  onRead(read: FileRead): void {
    const resolve = this.#reading.get(read.key)
    assert(resolve, 'each file is read once')
    this.#reading.delete(read.key)
    resolve(read)
  }

  /** Waits until every file is read, those too that a vanished first name sent back into the queue. */
  async settled(): Promise<void> {
    while (this.#reading.size > 0 || this.#deciding.size > 0) {
      await this.#deps.session.settled()
      await Promise.all(this.#deciding)
    }
  }

  /** Resolves as soon as there is room; the entry inside may come much later. */
  async add(file: FoundFile): Promise<{ slot: TreeEntry | Promise<TreeEntry | null> }> {
    if (file.stat.links <= 1) return this.#addFirst(file)
    const key = linkKey(file.stat)
    const known = this.#links.get(key)
    if (known) {
      if (--known.namesLeft <= 0) this.#links.delete(key)
      return { slot: this.#otherName(file, known.entry) }
    }
    const { slot } = await this.#addFirst(file)
    const entry = Promise.resolve(slot)
    this.#links.set(key, { entry, namesLeft: file.stat.links - 1 })
    return { slot }
  }

  /** Another name of a file that is being read: the same entry, once it is known. */
  async #otherName(file: FoundFile, first: Promise<TreeEntry | null>): Promise<TreeEntry | null> {
    // The first name may vanish before it is read, while this one stays: then it is queued, late.
    const decided = first.then((entry) => (entry ? { slot: this.#linkTo(entry, file) } : this.#addFirst(file)))
    const noted = decided.then(
      () => undefined,
      () => undefined,
    )
    this.#deciding.add(noted)
    const { slot } = await decided.finally(() => this.#deciding.delete(noted))
    return slot
  }

  #linkTo(entry: TreeEntry, { place }: FoundFile): TreeEntry {
    this.done.files++
    if (entry.incomplete) this.#deps.incomplete.add(place.path, entry.incomplete)
    return { ...entry, name: nameOf(place.path) }
  }

  async #addFirst(file: FoundFile): Promise<{ slot: TreeEntry | Promise<TreeEntry | null> }> {
    const { previous } = this.#deps
    const { before, stat, place } = file
    if (before && (await previous.canReuse(before, stat))) {
      this.#count(before.bytes)
      // A change of name, mode or attributes moves ctime, so all but the name is as it was.
      return { slot: { ...before, name: nameOf(place.path), device: stat.device, linked: stat.links > 1 } }
    }
    const key = this.#key++
    const read = new Promise<FileRead>((resolve) => this.#reading.set(key, resolve))
    await this.#deps.session.readFile({ key, path: place.path, stat })
    // In an object: a promise returned from here would make the walk wait for the file.
    return { slot: read.then((result) => this.#entryOf(file, result)) }
  }

  async #entryOf(file: FoundFile, read: FileRead): Promise<TreeEntry | null> {
    if (read.state === 'vanished') return null
    if (read.state === 'unreadable') return this.#unreadable(file, read.cause)
    const { session, disk, incomplete } = this.#deps
    const { path } = file.place
    const torn = read.torn ? (file.before?.torn ?? 0) + 1 : 0
    if (torn >= TORN_RUNS_MAX) incomplete.add(path, 'TORN')
    const content = await writeContent(session, read.chunks)
    this.#count(read.bytes)
    return {
      ...bareEntry(nameOf(path), { stat: read.stat, xattrs: readXattrs(disk, path, incomplete) }),
      // Its kind was checked after it was opened: what is here was read from a file.
      kind: 'file',
      bytes: read.bytes,
      content,
      sparse: read.stat.allocatedBytes < read.stat.bytes,
      linked: read.stat.links > 1,
      torn: Math.min(torn, TORN_COUNTED_MAX),
    }
  }

  async #unreadable({ place, stat, before }: FoundFile, cause: string): Promise<TreeEntry> {
    this.#deps.incomplete.add(place.path, cause)
    const name = nameOf(place.path)
    if (before?.kind === 'file' && (await this.#deps.previous.hasContent(before))) {
      this.#count(before.bytes)
      return carried(name, before, cause)
    }
    this.done.files++
    return { ...bareEntry(name, { stat, xattrs: new Map() }), kind: 'file', incomplete: cause }
  }

  #count(bytes: number): void {
    this.done.files++
    this.done.bytes += bytes
  }
}
