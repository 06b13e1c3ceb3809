/** What is in the way of a restored thing, and what becomes of it: the four modes. */
import { type BytePath, codeOf, type Disk, type FileKind, ignoring } from '#base'
import type { RestoreMode, RestoreOutcome } from './restore-types.ts'
import type { Entered, WalkItem } from './restore-walk.ts'
import { datedName, joinRelative, type TargetFolders } from './target.ts'

/** `replace`: what stands there by this very name may go. */
export type Way =
  | { readonly go: true; readonly name: string; readonly replace: boolean }
  | { readonly go: false; readonly cause: string | null }

/** Files of one name and minute that stand beside one another. */
const DATED_NAMES_MAX = 100

export interface WaysDeps {
  readonly disk: Disk
  readonly folders: TargetFolders
  readonly outcome: RestoreOutcome
}

/** Decides once for each folder and remembers what is not as in the snapshot, so that a second walk finds the same. */
export class RestoreWays {
  readonly #deps: WaysDeps
  readonly #mode: RestoreMode
  readonly #stamp: string
  /** Folders of the snapshot that are not restored. */
  readonly #left = new Set<string>()
  /** Folders that were there and keep their own metadata. */
  readonly #kept = new Set<string>()
  readonly #renamed = new Map<string, string>()

  constructor(deps: WaysDeps, { mode, stamp }: { mode: RestoreMode; stamp: string }) {
    this.#deps = deps
    this.#mode = mode
    this.#stamp = stamp
  }

  // ------------------------------------------------------------------------------------------ folders

  /** Makes the folder, or finds it there. Failures go into the outcome. */
  enter(item: WalkItem): Entered | null {
    try {
      const entered = this.#enter(item)
      if (entered === null) this.#left.add(item.path)
      return entered
    } catch (error) {
      this.#left.add(item.path)
      this.#fail(item.path, error)
      return null
    }
  }

  #fail(path: BytePath, error: unknown): void {
    const cause = codeOf(error)
    if (cause === 'UNEXPECTED') throw error
    this.#deps.outcome.fail(path, cause)
  }

  #enter({ path, entry, into }: WalkItem): Entered | null {
    if (!isThere(into, entry.name)) return this.#make(into, entry.name)
    const kind = this.#kindOf(into, entry.name)
    if (kind === 'folder') return this.#enterExisting(path, into, entry.name)
    if (this.#mode === 'over') {
      this.#remove(into, entry.name)
      return this.#make(into, entry.name)
    }
    if (this.#mode === 'beside') return this.#makeDated(path, into, entry.name)
    this.#deps.outcome.fail(path, kind === 'symlink' ? 'ELOOP' : this.#mode === 'missing' ? 'ENOTDIR' : 'EEXIST')
    return null
  }

  #enterExisting(path: BytePath, into: Entered, name: string): Entered | null {
    const { disk, folders, outcome } = this.#deps
    const folder = joinRelative(into.folder, name)
    const names = disk.list(folders.at(folder))
    if (names.length === 0) return { folder, names: null }
    if (this.#mode === 'refuse') {
      outcome.fail(path, 'EEXIST')
      return null
    }
    if (this.#mode === 'beside') return this.#makeDated(path, into, name)
    if (this.#mode === 'missing') this.#kept.add(path)
    return { folder, names: new Set<string>(names) }
  }

  /** EEXIST although the listing did not show it: a name that this file system takes for the same. */
  #make(into: Entered, name: string): Entered {
    const { disk, folders } = this.#deps
    disk.makeFolder(folders.pathOf(into.folder, name))
    return { folder: joinRelative(into.folder, name), names: null }
  }

  #makeDated(path: BytePath, into: Entered, name: string): Entered {
    const dated = this.#datedName(into, name)
    const made = this.#make(into, dated)
    this.#renamed.set(path, dated)
    return made
  }

  #datedName(into: Entered, name: string): string {
    for (let number = 1; number <= DATED_NAMES_MAX; number++) {
      const dated = datedName(name, this.#stamp, number)
      if (!isThere(into, dated)) return dated
    }
    return name
  }

  // ------------------------------------------------------------------------------------------ the second walk

  /** What `enter` decided in the first walk. */
  enteredBefore({ path, entry, into }: WalkItem): Entered | null {
    if (this.#left.has(path)) return null
    return { folder: joinRelative(into.folder, this.#renamed.get(path) ?? entry.name), names: null }
  }

  leftAlone(path: BytePath): boolean {
    return this.#left.has(path)
  }

  keepsItsMetadata(path: BytePath): boolean {
    return this.#kept.has(path)
  }

  // ------------------------------------------------------------------------------------------ all else

  /** For a file or link. */
  wayFor(into: Entered, name: string): Way {
    if (!isThere(into, name)) return { go: true, name, replace: false }
    switch (this.#mode) {
      case 'refuse':
        return { go: false, cause: 'EEXIST' }
      case 'missing':
        return { go: false, cause: null }
      case 'over':
        return { go: true, name, replace: true }
      case 'beside':
        return { go: true, name: this.#datedName(into, name), replace: false }
    }
  }

  /** The names in a folder now, for `wayFor` in the second walk. */
  listed(folder: BytePath): Entered {
    return { folder, names: new Set<string>(this.#deps.disk.list(this.#deps.folders.at(folder))) }
  }

  #kindOf(into: Entered, name: string): FileKind | null {
    const { disk, folders } = this.#deps
    return ignoring(['ENOENT'], () => disk.stat(folders.pathOf(into.folder, name)))?.kind ?? null
  }

  #remove(into: Entered, name: string): void {
    const { disk, folders } = this.#deps
    ignoring(['ENOENT'], () => disk.removeFile(folders.pathOf(into.folder, name)))
  }
}

function isThere(into: Entered, name: string): boolean {
  return into.names?.has(name) ?? false
}
