/**
 * A box that nobody has used yet stands aside while another one is rebuilt in its folder: beside it, under a name of its
 * own and with a marker, so that each step is one rename and no folder of anybody else's is taken for it.
 */
import { type BytePath, type Disk, ignoring, joinPath, parentOf, removeTree, writeDurably } from '#base'

const MARKER = 'untouched'
const BOX_FILE = 'box.cbor'

function asideOf(folder: BytePath): BytePath {
  return `${folder}.${MARKER}` as BytePath
}

export function putAside(disk: Disk, folder: BytePath): void {
  writeDurably(disk, folder, MARKER, new Uint8Array(0))
  disk.rename(folder, asideOf(folder))
  disk.syncFolder(parentOf(folder))
}

/**
 * After a rebuild, however it ended, and when a process begins: of a folder that became a box the one aside is removed;
 * else that one is put back in the place of what the rebuild has left.
 */
export function settle(disk: Disk, folder: BytePath): void {
  const aside = asideOf(folder)
  if (has(disk, aside, MARKER)) {
    if (has(disk, folder, BOX_FILE)) {
      removeMarkedLast(disk, aside)
      return
    }
    removeTree(disk, folder)
    disk.rename(aside, folder)
    disk.syncFolder(parentOf(folder))
  }
  removeTree(disk, joinPath(folder, MARKER))
}

/** So that a removal that is cut short goes on later. */
function removeMarkedLast(disk: Disk, aside: BytePath): void {
  for (const name of disk.list(aside)) if (name !== MARKER) removeTree(disk, joinPath(aside, name))
  removeTree(disk, aside)
}

function has(disk: Disk, folder: BytePath, name: string): boolean {
  return ignoring(['ENOENT', 'ENOTDIR'], () => disk.stat(joinPath(folder, name))) !== undefined
}
