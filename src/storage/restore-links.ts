/** The last part of a restore: hard links and symbolic links, then the metadata of folders, deepest first. */
import { type BytePath, codeOf, type Disk, ignoring, joinPath } from '#base'
import { putInPlace } from './restore-job.ts'
import { applyMetadata, metadataOf } from './restore-metadata.ts'
import type { RestoreOutcome } from './restore-types.ts'
import type { Entered, WalkItem } from './restore-walk.ts'
import type { RestoreWays } from './restore-ways.ts'
import type { TargetFolders } from './target.ts'
import { linkKey, type TreeEntry } from './tree.ts'

/** The name of a file with several names that holds the content in the target. */
export interface FirstName {
  readonly path: BytePath
  readonly folder: BytePath
  readonly name: string
  state: 'pending' | 'done' | 'failed'
}

/**
 * Names of one file: equal device and inode, and times and length besides, since an older version that was kept for
 * an unreadable file may carry an inode that another file has now.
 */
export function firstNameKey(entry: TreeEntry): string {
  return `${linkKey(entry)}:${entry.ctimeNs}:${entry.bytes}`
}

export interface LinksDeps {
  readonly disk: Disk
  readonly folders: TargetFolders
  readonly ways: RestoreWays
  readonly outcome: RestoreOutcome
  tempName(): string
}

export class RestoreLinks {
  readonly #deps: LinksDeps

  constructor(deps: LinksDeps) {
    this.#deps = deps
  }

  symlink({ path, entry, into }: WalkItem): void {
    const { target } = entry
    if (target === null) return
    const { disk, outcome } = this.#deps
    this.#inPlace(path, into, entry.name, (at) => {
      disk.makeSymlink(at, target)
      // Owner and times; a link has no mode of its own.
      const metadata = { ...metadataOf(entry), mode: 0o777 }
      outcome.couldNotSet(
        path,
        applyMetadata(metadata, (some) => disk.setMetadata(at, some)),
      )
    })
  }

  hardLink({ path, entry, into }: WalkItem, first: FirstName): void {
    const { disk, folders, outcome } = this.#deps
    const made = this.#inPlace(path, into, entry.name, (at) => {
      using held = folders.holdApart(first.folder)
      disk.makeHardLink(at, joinPath(held.path, first.name))
    })
    if (made) outcome.files++
  }

  #inPlace(path: BytePath, into: Entered, name: string, make: (at: BytePath) => void): boolean {
    try {
      using held = this.#deps.folders.holdApart(into.folder)
      const at = joinPath(held.path, name)
      // A link comes whole or not at all: where nothing is in its way, it needs no name before its own.
      const made = ignoring(['EEXIST'], () => {
        make(at)
        return true
      })
      return made ?? this.#pastOther(path, { into, name, held: held.path }, make)
    } catch (error) {
      this.#fail(path, error)
      return false
    }
  }

  /** Made under a temporary name, so that what stands in the way stays until its replacement is there. */
  #pastOther(
    path: BytePath,
    { into, name, held }: { into: Entered; name: string; held: BytePath },
    make: (at: BytePath) => void,
  ): boolean {
    const { disk, ways, outcome } = this.#deps
    const way = ways.wayFor(ways.listed(into.folder), name)
    if (!way.go) {
      if (way.cause !== null) outcome.fail(path, way.cause)
      return false
    }
    const temp = joinPath(held, this.#deps.tempName())
    make(temp)
    try {
      putInPlace(disk, temp, joinPath(held, way.name), way.replace)
    } finally {
      // Left over after a failure, and by a rename between two names of one file, which does nothing.
      ignoring(['ENOENT'], () => disk.removeFile(temp))
    }
    return true
  }

  folderMetadata(path: BytePath, entry: TreeEntry, folder: BytePath): void {
    const { disk, folders, outcome } = this.#deps
    try {
      const at = folders.at(folder)
      outcome.couldNotSet(
        path,
        applyMetadata(metadataOf(entry), (some) => disk.setMetadata(at, some)),
      )
    } catch (error) {
      this.#fail(path, error)
    }
  }

  #fail(path: BytePath, error: unknown): void {
    const cause = codeOf(error)
    if (cause === 'UNEXPECTED') throw error
    this.#deps.outcome.fail(path, cause)
  }
}
