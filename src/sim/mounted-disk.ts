import { type BytePath, type Disk, type HeldFolder, systemError, type UnnamedFile } from '#base'

/** Where people's own files are; everything else is the box's disk. */
export const PEOPLE = '/people'
const HELD_SYSTEM = '/proc/self/'
const HELD_PEOPLE = '/proc/people/'

/**
 * One tree of names over two disks, so that what a seed does to a box's disk (power cuts, no space) leaves the folders
 * that are backed up alone: the model must know what is in them.
 */
export function mountedDisk(own: Disk, people: Disk): Disk {
  const at = <Result>(path: BytePath, act: (disk: Disk, path: BytePath) => Result): Result => {
    if (path.startsWith(HELD_PEOPLE)) return act(people, path.replace(HELD_PEOPLE, HELD_SYSTEM) as BytePath)
    return act(path === PEOPLE || path.startsWith(`${PEOPLE}/`) ? people : own, path)
  }
  const both = (from: BytePath, to: BytePath, call: string, act: (disk: Disk, from: BytePath, to: BytePath) => void) =>
    at(from, (one, inner) =>
      at(to, (other, innerTo) => {
        if (one !== other) throw systemError('EXDEV', call, from)
        act(one, inner, innerTo)
      }),
    )
  return {
    open: (path, mode) => at(path, (disk, inner) => disk.open(inner, mode)),
    openUnnamed: (folder) =>
      at(folder, (disk, inner) => {
        const file = disk.openUnnamed(inner)
        return named(file, (path) =>
          at(path, (other, innerPath) => {
            if (other !== disk) throw systemError('EXDEV', 'link', path)
            file.giveName(innerPath)
          }),
        )
      }),
    list: (path) => at(path, (disk, inner) => disk.list(inner)),
    stat: (path) => at(path, (disk, inner) => disk.stat(inner)),
    makeFolder: (path) => at(path, (disk, inner) => disk.makeFolder(inner)),
    makeSymlink: (path, target) => at(path, (disk, inner) => disk.makeSymlink(inner, target)),
    readSymlink: (path) => at(path, (disk, inner) => disk.readSymlink(inner)),
    makeHardLink: (path, existing) => both(path, existing, 'link', (disk, a, b) => disk.makeHardLink(a, b)),
    rename: (from, to) => both(from, to, 'rename', (disk, a, b) => disk.rename(a, b)),
    removeFile: (path) => at(path, (disk, inner) => disk.removeFile(inner)),
    removeFolder: (path) => at(path, (disk, inner) => disk.removeFolder(inner)),
    syncFolder: (path) => at(path, (disk, inner) => disk.syncFolder(inner)),
    xattrs: (path) => at(path, (disk, inner) => disk.xattrs(inner)),
    setMetadata: (path, metadata) => at(path, (disk, inner) => disk.setMetadata(inner, metadata)),
    space: (path) => at(path, (disk, inner) => disk.space(inner)),
    holdFolder: (path) => at(path, (disk, inner) => heldOf(disk, people, inner)),
  }
}

function named(file: UnnamedFile, giveName: (path: BytePath) => void): UnnamedFile {
  return {
    giveName,
    stat: () => file.stat(),
    read: (into, at) => file.read(into, at),
    write: (bytes, at) => file.write(bytes, at),
    truncate: (bytes) => file.truncate(bytes),
    setMetadata: (metadata) => file.setMetadata(metadata),
    sync: () => file.sync(),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

function heldOf(disk: Disk, people: Disk, path: BytePath): HeldFolder {
  const held = disk.holdFolder(path)
  if (disk !== people) return held
  return {
    path: held.path.replace(HELD_SYSTEM, HELD_PEOPLE) as BytePath,
    [Symbol.dispose]: () => held[Symbol.dispose](),
  }
}
