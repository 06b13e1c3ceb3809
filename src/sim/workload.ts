import { type BytePath, type Disk, joinPath, pathFromBytes, type Random } from '#base'

/** What a person has on disk, as a model beside the disk: path below the source → content. Folders hold null. */
export type Model = ReadonlyMap<string, Uint8Array | null>

const FILE_BYTES_MAX = 24_000
const NAMES_NOT_UTF8 = 20

/** A source folder that changes like people's do: edits, appends, new files and folders, deletions, copies, odd names. */
export class Workload {
  readonly #disk: Disk
  readonly #random: Random
  readonly #files = new Map<string, Uint8Array | null>()
  readonly root: BytePath
  #named = 0

  constructor(disk: Disk, random: Random, root: BytePath) {
    this.#disk = disk
    this.#random = random
    this.root = root
    disk.makeFolder(root)
    for (let count = 0; count < 12; count += 1) this.#create()
  }

  /** A copy of the model: what a snapshot taken now must give back. */
  model(): Model {
    return new Map(this.#files)
  }

  /** A working day between two snapshots. */
  change(): void {
    const edits = 1 + this.#random.below(6)
    for (let edit = 0; edit < edits; edit += 1) {
      const dice = this.#random.below(10)
      if (dice < 4) this.#create()
      else if (dice < 7) this.#edit()
      else if (dice < 8) this.#copy()
      else this.#remove()
    }
  }

  #create(): void {
    if (this.#random.below(5) === 0) this.#write(this.#freshName(), null)
    else this.#write(this.#freshName(), this.#content())
  }

  #edit(): void {
    const name = this.#pickFile()
    if (name === null) return
    const old = this.#files.get(name) ?? new Uint8Array(0)
    const at = this.#random.below(old.byteLength + 1)
    this.#write(
      name,
      Buffer.concat([old.subarray(0, at), this.#random.bytes(1 + this.#random.below(300)), old.subarray(at)]),
    )
  }

  #copy(): void {
    const name = this.#pickFile()
    const content = name === null ? undefined : this.#files.get(name)
    if (content) this.#write(this.#freshName(), content)
  }

  #remove(): void {
    const name = this.#pickFile()
    if (name === null) return
    this.#disk.removeFile(joinPath(this.root, name))
    this.#files.delete(name)
  }

  #write(name: string, content: Uint8Array | null): void {
    const path = joinPath(this.root, name)
    this.#files.set(name, content)
    if (content === null) {
      this.#disk.makeFolder(path)
      return
    }
    using file = this.#disk.open(path, 'write')
    file.truncate(0)
    file.write(content, 0)
  }

  /** Half text that compresses, half bytes that do not; empty files too. */
  #content(): Uint8Array {
    const bytes = this.#random.below(8) === 0 ? 0 : this.#random.below(FILE_BYTES_MAX)
    if (this.#random.below(2) === 0) return this.#random.bytes(bytes)
    const line = Buffer.from(`invoice ${this.#random.below(1_000_000)};customer ${this.#random.below(1_000)};\n`)
    return Buffer.alloc(bytes, line)
  }

  #freshName(): string {
    const folders = [...this.#files].filter(([, content]) => content === null).map(([name]) => name)
    const folder =
      folders.length > 0 && this.#random.below(2) === 0 ? folders[this.#random.below(folders.length)] : null
    this.#named += 1
    const odd = this.#named % NAMES_NOT_UTF8 === 0 ? pathFromBytes(Uint8Array.of(0xff, 0xe9)) : ''
    const name = `entry-${this.#named}${odd}`
    return folder ? `${folder}/${name}` : name
  }

  #pickFile(): string | null {
    const files = [...this.#files].filter(([, content]) => content !== null).map(([name]) => name)
    return files[this.#random.below(Math.max(1, files.length))] ?? null
  }
}

/** The first difference between what was restored below `folder` and the model, or null when there is none. */
export function differenceFrom(model: Model, disk: Disk, folder: BytePath): string | null {
  const found = new Set<string>()
  const walk = (relative: string): string | null => {
    for (const name of disk.list(relative === '' ? folder : joinPath(folder, relative))) {
      const path = relative === '' ? name : `${relative}/${name}`
      found.add(path)
      const difference = compareOne(model, disk, folder, path) ?? (model.get(path) === null ? walk(path) : null)
      if (difference !== null) return difference
    }
    return null
  }
  const difference = walk('')
  if (difference !== null) return difference
  const absent = [...model.keys()].find((path) => !found.has(path))
  return absent === undefined ? null : `${absent} was not restored`
}

function compareOne(model: Model, disk: Disk, folder: BytePath, path: string): string | null {
  const expected = model.get(path)
  if (expected === undefined) return `${path} was restored but never saved`
  const stat = disk.stat(joinPath(folder, path))
  if (expected === null) return stat.kind === 'folder' ? null : `${path} is no folder`
  using file = disk.open(joinPath(folder, path), 'read')
  const content = Buffer.alloc(stat.bytes)
  file.read(content, 0)
  return Buffer.compare(content, expected) === 0 ? null : `${path} has other bytes`
}

/** Runs of 32 bytes of saved content, taken every 32 bytes, leaving out constant ones: no host may hold any of them. */
export function tellTaleRuns(model: Model): Set<string> {
  const runs = new Set<string>()
  for (const content of model.values()) {
    for (let at = 0; content !== null && at + 32 <= content.byteLength; at += 32) {
      const run = Buffer.from(content.subarray(at, at + 32))
      if (run.some((byte) => byte !== run[0])) runs.add(run.toString('latin1'))
    }
  }
  return runs
}

const FILTER_BITS = 20
/** Every name that a workload makes starts with it. */
const TELL_TALE_NAME = 'entry-'

/** Looks for runs of saved content, and for names, on disks where they must not be. */
export class LeakSearch {
  readonly #runs: ReadonlySet<string>
  /** Which hashes of four first bytes any run has: most places are passed over after one look. */
  readonly #filter = new Uint8Array(1 << FILTER_BITS)

  constructor(runs: ReadonlySet<string>) {
    this.#runs = runs
    for (const run of runs) {
      const word = [0, 1, 2, 3].reduce((sum, place) => (sum << 8) | run.charCodeAt(place), 0)
      this.#filter[filterPlace(word)] = 1
    }
  }

  /** The path of a file below `folder` that holds a run or a name at any offset, or null. */
  below(disk: Disk, folder: BytePath): BytePath | null {
    for (const name of disk.list(folder)) {
      const path = joinPath(folder, name)
      const stat = disk.stat(path)
      const leak = stat.kind === 'folder' ? this.below(disk, path) : this.#isIn(disk, path, stat.bytes) ? path : null
      if (leak !== null) return leak
    }
    return null
  }

  #isIn(disk: Disk, path: BytePath, bytes: number): boolean {
    using file = disk.open(path, 'read')
    const content = Buffer.alloc(bytes)
    file.read(content, 0)
    if (content.includes(TELL_TALE_NAME)) return true
    let word = 0
    for (let end = 0; end < bytes; end += 1) {
      word = (word << 8) | (content[end] ?? 0)
      if (end >= 3 && this.#filter[filterPlace(word)] === 1 && this.#startsAt(content, end - 3)) return true
    }
    return false
  }

  #startsAt(content: Buffer, at: number): boolean {
    return this.#runs.has(content.toString('latin1', at, at + 32))
  }
}

function filterPlace(word: number): number {
  return Math.imul(word, 0x9e37_79b1) >>> (32 - FILTER_BITS)
}
