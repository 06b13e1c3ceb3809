/** What the disk says of a thing, as a tree entry without its content. */
import { type BytePath, type Disk, nameOf, type Stat } from '#base'
import type { IncompleteList } from './snapshot-incomplete.ts'
import { SYMLINK_BYTES_MAX, type TreeEntry, treeEntry, XATTR_BYTES_MAX, XATTRS_MAX } from './tree.ts'
import { type Tried, tryDisk } from './walk.ts'

type Xattrs = ReadonlyMap<string, Uint8Array>

/** File systems and things without extended attributes answer so: nothing to keep, no fault. */
const WITHOUT_XATTRS: ReadonlySet<string> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENODATA'])
const noXattrs: Xattrs = new Map()

export interface EntryParts {
  readonly stat: Stat
  readonly xattrs: Xattrs
}

export function bareEntry(name: BytePath, { stat, xattrs }: EntryParts): TreeEntry {
  return treeEntry({
    name,
    kind: stat.kind,
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    device: stat.device,
    inode: stat.inode,
    xattrs,
  })
}

/** Access rights and the like; when they cannot be read or kept, the item is listed and goes without. */
export function readXattrs(disk: Disk, path: BytePath, incomplete: IncompleteList): Xattrs {
  const tried = tryDisk(() => disk.xattrs(path))
  if ('cause' in tried) {
    if (!WITHOUT_XATTRS.has(tried.cause) && tried.cause !== 'ENOENT') incomplete.add(path, tried.cause)
    return noXattrs
  }
  if (fitsFormat(tried.value)) return tried.value
  incomplete.add(path, 'XATTRS_TOO_LARGE')
  return noXattrs
}

function fitsFormat(xattrs: Xattrs): boolean {
  let bytes = 0
  for (const [name, value] of xattrs) bytes += name.length + value.byteLength
  return xattrs.size <= XATTRS_MAX && bytes <= XATTR_BYTES_MAX
}

/** The last good version under its present name, flagged with why there is no newer one. */
export function carried(name: BytePath, previous: TreeEntry, cause: string): TreeEntry {
  return { ...previous, name, incomplete: cause }
}

export function symlinkEntry(disk: Disk, path: BytePath, parts: EntryParts): Tried<TreeEntry> {
  const tried = tryDisk(() => disk.readSymlink(path))
  if ('cause' in tried) return tried
  const target = tried.value
  if (target.length === 0 || target.length > SYMLINK_BYTES_MAX) return { cause: 'ENAMETOOLONG' }
  return { value: { ...bareEntry(nameOf(path), parts), target } }
}
