/**
 * A box goes over to a community that follows its own: the new chain is made ready beside the old one, then the folders
 * change places. After a crash in between the next start goes on: all founders have signed.
 */
import { type BytePath, type Disk, ignoring, joinPath, parentOf, removeTree } from '#base'
import { CharterStore, type SignedCharter } from '#community'
import { foldersOf } from './data-folder.ts'

const NEXT = 'charters-next'

/** Verifies the founding charter and keeps it beside the old chain. What `CharterStore.append` throws, nothing changed. */
export function prepareSuccession(disk: Disk, folder: BytePath, signed: SignedCharter): void {
  const next = joinPath(folder, NEXT)
  ignoring(['ENOENT'], () => removeTree(disk, next))
  new CharterStore(disk, next).append(signed)
  disk.syncFolder(folder)
}

/** The old chain, and what was promised in it, go aside under the name of the last charter; the new one takes their place. */
export function finishSuccession(disk: Disk, folder: BytePath): void {
  const next = joinPath(folder, NEXT)
  if (!isThere(disk, next)) return
  if (new CharterStore(disk, next).current === undefined) {
    // Not yet agreed to: the crash came before its charter was on the disk.
    removeTree(disk, next)
    return
  }
  const { charters, community } = foldersOf(folder)
  const old = isThere(disk, charters) ? new CharterStore(disk, charters).current : undefined
  if (old !== undefined) {
    const aside = `${old.community}-${old.number}`
    // First: a memory of promises must never meet another chain than its own.
    if (isThere(disk, community)) move(disk, community, joinPath(folder, `community-${aside}`))
    move(disk, charters, joinPath(folder, `charters-${aside}`))
  } else if (isThere(disk, charters)) removeTree(disk, charters)
  move(disk, next, charters)
}

function move(disk: Disk, from: BytePath, to: BytePath): void {
  disk.rename(from, to)
  disk.syncFolder(parentOf(from))
}

function isThere(disk: Disk, path: BytePath): boolean {
  return ignoring(['ENOENT'], () => disk.stat(path)) !== undefined
}
