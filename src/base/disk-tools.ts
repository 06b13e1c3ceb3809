import { codeOf, DatisError } from './errors.ts'
import { type BytePath, joinPath, parentOf } from './paths.ts'
import type { Disk, DiskFile } from './ports.ts'
import { ignoring, systemError } from './system-error.ts'

/**
 * Writes a file that is there whole or not at all after a power cut, and surely there when this returns: temp file,
 * fsync, rename, fsync of the folder. An older file of that name is replaced. One writer a name at a time: the temp
 * file is `<name>.tmp`, and one left by a crash is overwritten.
 */
export function writeDurably(disk: Disk, folder: BytePath, name: string, bytes: Uint8Array): void {
  const temp = joinPath(folder, `${name}.tmp`)
  try {
    using file = createAnew(disk, temp)
    file.write(bytes, 0)
    file.sync()
  } catch (error) {
    // A failed fsync is never retried on the same file, and a full disk gets its bytes back. The first error counts.
    removeQuietly(disk, temp)
    throw error
  }
  disk.rename(temp, joinPath(folder, name))
  disk.syncFolder(folder)
}

/** Looked for only when it is in the way: most writes find nothing. */
function createAnew(disk: Disk, path: BytePath): DiskFile {
  const file = ignoring(['EEXIST'], () => disk.open(path, 'create'))
  if (file !== undefined) return file
  disk.removeFile(path)
  return disk.open(path, 'create')
}

function removeQuietly(disk: Disk, path: BytePath): void {
  try {
    disk.removeFile(path)
  } catch (error) {
    // Whoever opens the folder next removes it; an error here would hide why the file could not be written.
    codeOf(error)
  }
}

/** Makes a folder and its missing parents, durably. */
export function ensureFolder(disk: Disk, path: BytePath): void {
  const made = makeFolderOnce(disk, path)
  if (path === '/') return
  if (made) {
    disk.syncFolder(parentOf(path))
    return
  }
  // It may exist only in memory still, made by a process that was killed before its fsync. A parent that we may not
  // read is not one in which we made it.
  ignoring(['EACCES', 'EPERM'], () => disk.syncFolder(parentOf(path)))
}

function makeFolderOnce(disk: Disk, path: BytePath): boolean {
  try {
    disk.makeFolder(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      if (disk.stat(path).kind === 'folder') return false
      throw systemError('ENOTDIR', 'mkdir', path)
    }
    if (codeOf(error) !== 'ENOENT' || path === '/') throw error
    ensureFolder(disk, parentOf(path))
    disk.makeFolder(path)
    return true
  }
}

/** Removes a file, a link (never what it leads to) or a folder with all it holds; nothing there is no error. */
export function removeTree(disk: Disk, path: BytePath): void {
  const stat = ignoring(['ENOENT'], () => disk.stat(path))
  if (stat === undefined) return
  if (stat.kind !== 'folder') {
    disk.removeFile(path)
    return
  }
  emptyFolder(disk, path)
  disk.removeFolder(path)
}

function emptyFolder(disk: Disk, path: BytePath): void {
  // Held, so that a folder swapped for a link meanwhile does not lead the removal elsewhere.
  using held = disk.holdFolder(path)
  for (const name of disk.list(held.path)) removeTree(disk, joinPath(held.path, name))
}

/** A whole file of at most `bytesMax`; `FILE_TOO_LARGE` when it is longer. */
export function readWhole(disk: Disk, path: BytePath, bytesMax: number): Uint8Array {
  using file = disk.open(path, 'read')
  const { bytes } = file.stat()
  if (bytes > bytesMax) {
    throw new DatisError('FILE_TOO_LARGE', 'A file is longer than anything we write there.', { bytes, bytesMax })
  }
  const content = new Uint8Array(bytes)
  return content.subarray(0, file.read(content, 0))
}
