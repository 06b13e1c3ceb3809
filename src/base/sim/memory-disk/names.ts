import type { SimRandom } from '../sim-random.ts'
import type { FolderInode, Inode } from './inode.ts'

/** What one call does to one name; `undefined` is no entry. */
export interface NameEdit {
  readonly folder: FolderInode
  readonly name: string
  readonly before: Inode | undefined
  readonly after: Inode | undefined
}

/** The edits of one call: a journal keeps them all or none. */
type NameChange = readonly NameEdit[]

const VOLATILE_COUNT_MAX = 8192

/**
 * Changes of names that no fsync of their folder has made durable. A change stands on the earlier ones of the same
 * name or the same file, and survives a power cut only with them; changes of different things survive in any mix.
 */
export class NameLog {
  #changes: NameChange[] = []

  get pending(): number {
    return this.#changes.length
  }

  apply(change: NameChange): void {
    for (const edit of change) setEntry(edit, edit.after)
    this.#changes.push(change)
    // A kernel writes back by itself after a while; without a bound, each fsync would get slower.
    if (this.#changes.length > VOLATILE_COUNT_MAX) this.#changes.splice(0, VOLATILE_COUNT_MAX / 2)
  }

  /** Makes durable what happened in `folder`, and what that stands on. */
  sync(folder: FolderInode): void {
    const needed = new Touched()
    const volatile: NameChange[] = []
    for (const change of this.#changes.toReversed()) {
      if (change.some((edit) => edit.folder === folder) || needed.meets(change)) needed.add(change)
      else volatile.push(change)
    }
    this.#changes = volatile.reverse()
  }

  powerCut(random: SimRandom): void {
    const changes = this.#changes
    this.#changes = []
    for (const change of changes.toReversed()) {
      for (const edit of change.toReversed()) setEntry(edit, edit.before)
    }
    for (const change of survivors(changes, random)) {
      for (const edit of change) setEntry(edit, edit.after)
    }
  }
}

function setEntry({ folder, name }: NameEdit, inode: Inode | undefined): void {
  if (inode === undefined) folder.entries.delete(name)
  else folder.entries.set(name, inode)
  if (inode?.kind === 'folder') inode.parent = folder
}

function survivors(changes: readonly NameChange[], random: SimRandom): NameChange[] {
  const kind = random.below(4)
  if (kind === 0) return []
  if (kind === 1) return [...changes]
  // A journal in order keeps a prefix; one that is not keeps any set that makes sense.
  if (kind === 2) return changes.slice(0, random.below(changes.length + 1))
  const lost = new Touched()
  return changes.filter((change) => {
    const survives = random.chance(0.5) && !lost.meets(change)
    if (!survives) lost.add(change)
    return survives
  })
}

/** The names and files that some changes are about. */
class Touched {
  readonly #names = new Map<FolderInode, Set<string>>()
  readonly #files = new Set<Inode>()

  add(change: NameChange): void {
    for (const { folder, name, before, after } of change) {
      const names = this.#names.get(folder) ?? new Set()
      this.#names.set(folder, names.add(name))
      if (before !== undefined) this.#files.add(before)
      if (after !== undefined) this.#files.add(after)
    }
  }

  meets(change: NameChange): boolean {
    return change.some(({ folder, name, before, after }) => {
      if (this.#names.get(folder)?.has(name)) return true
      return (before !== undefined && this.#files.has(before)) || (after !== undefined && this.#files.has(after))
    })
  }
}
