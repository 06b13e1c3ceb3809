import type { Disk, DiskFile, UnnamedFile } from '../../ports.ts'
import { PowerCut } from './faults.ts'

export interface RevocableDisk extends Disk {
  /** From now on every call throws: the process that used it is dead, though the disk goes on. */
  revoke(): void
}

/** The disk as one run of a program sees it: what a killed program still has in hand must reach nothing. */
export function revocableDisk(disk: Disk): RevocableDisk {
  let alive = true
  const guard =
    <Args extends unknown[], Result>(act: (...args: Args) => Result) =>
    (...args: Args): Result => {
      if (!alive) throw new PowerCut()
      return act(...args)
    }
  return {
    open: guard((path, mode) => guardedFile(disk.open(path, mode), guard)),
    openUnnamed: guard((folder) => guardedUnnamed(disk.openUnnamed(folder), guard)),
    list: guard((path) => disk.list(path)),
    stat: guard((path) => disk.stat(path)),
    makeFolder: guard((path) => disk.makeFolder(path)),
    makeSymlink: guard((path, target) => disk.makeSymlink(path, target)),
    readSymlink: guard((path) => disk.readSymlink(path)),
    makeHardLink: guard((path, existing) => disk.makeHardLink(path, existing)),
    rename: guard((from, to) => disk.rename(from, to)),
    removeFile: guard((path) => disk.removeFile(path)),
    removeFolder: guard((path) => disk.removeFolder(path)),
    syncFolder: guard((path) => disk.syncFolder(path)),
    xattrs: guard((path) => disk.xattrs(path)),
    setMetadata: guard((path, metadata) => disk.setMetadata(path, metadata)),
    space: guard((path) => disk.space(path)),
    holdFolder: guard((path) => disk.holdFolder(path)),
    revoke: () => {
      alive = false
    },
  }
}

type Guard = <Args extends unknown[], Result>(act: (...args: Args) => Result) => (...args: Args) => Result

function guardedFile(file: DiskFile, guard: Guard): DiskFile {
  return {
    stat: guard(() => file.stat()),
    read: guard((into, at) => file.read(into, at)),
    write: guard((bytes, at) => file.write(bytes, at)),
    truncate: guard((bytes) => file.truncate(bytes)),
    setMetadata: guard((metadata) => file.setMetadata(metadata)),
    sync: guard(() => file.sync()),
    // A kernel closes the files of the dead too.
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

function guardedUnnamed(file: UnnamedFile, guard: Guard): UnnamedFile {
  return { ...guardedFile(file, guard), giveName: guard((path) => file.giveName(path)) }
}
