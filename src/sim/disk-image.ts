import { type BytePath, type Disk, joinPath, removeTree } from '#base'

/** Files by path, folders as null, parents first: what a person's copy of a disk has. */
export type DiskImage = ReadonlyMap<BytePath, Uint8Array | null>

export function imageOf(disk: Disk, folder: BytePath, except: string): DiskImage {
  const image = new Map<BytePath, Uint8Array | null>()
  const walk = (below: BytePath): void => {
    for (const name of disk.list(below)) {
      const path = joinPath(below, name)
      if (below === folder && name === except) continue
      const { kind, bytes } = disk.stat(path)
      image.set(path, kind === 'folder' ? null : contentOf(disk, path, bytes))
      if (kind === 'folder') walk(path)
    }
  }
  walk(folder)
  return image
}

/** The disk as it was, durably; `except` stays as it is. */
export function putBack(disk: Disk, folder: BytePath, image: DiskImage, except: string): void {
  for (const name of disk.list(folder)) if (name !== except) removeTree(disk, joinPath(folder, name))
  disk.syncFolder(folder)
  for (const [path, content] of image) {
    if (content === null) {
      disk.makeFolder(path)
      continue
    }
    using file = disk.open(path, 'create')
    file.write(content, 0)
    file.sync()
  }
  for (const [path, content] of image) if (content === null) disk.syncFolder(path)
  disk.syncFolder(folder)
}

function contentOf(disk: Disk, path: BytePath, bytes: number): Uint8Array {
  using file = disk.open(path, 'read')
  const content = new Uint8Array(bytes)
  return content.subarray(0, file.read(content, 0))
}
