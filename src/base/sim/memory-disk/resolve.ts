import type { BytePath } from '../../paths.ts'
import { systemError } from '../../system-error.ts'
import type { FolderInode, Inode } from './inode.ts'

/** Linux: MAXSYMLINKS, NAME_MAX, PATH_MAX. */
const LINKS_FOLLOWED_MAX = 40
const NAME_BYTES_MAX = 255
const PATH_BYTES_MAX = 4096

/** Where the last component of a path lies; `name` is `.` when the path leads to `folder` itself. */
export interface Place {
  readonly folder: FolderInode
  readonly name: string
  readonly inode: Inode | undefined
}

export interface Roots {
  readonly root: FolderInode
  /** Folders held open: `/proc/self/fd/<number>`. */
  readonly held: ReadonlyMap<number, FolderInode>
}

/** Walks as a kernel does: links on the way are followed, the last component never is. */
export function resolvePath({ root, held }: Roots, path: BytePath, syscall: string): Place {
  const fail = (code: string) => systemError(code, syscall, path)
  if (path.length >= PATH_BYTES_MAX) throw fail('ENAMETOOLONG')
  if (path.includes('\0')) throw fail('ERR_INVALID_ARG_VALUE')
  if (!path.startsWith('/')) throw fail('ENOENT')
  const start = startOf(path, root, held)
  if (start === undefined) throw fail('ENOENT')
  const todo = start.rest
  let folder = start.folder
  let linksFollowed = 0
  for (;;) {
    const name = todo.shift()
    if (folder.denied !== undefined && name !== undefined && name !== '.') throw fail(folder.denied)
    if (name === undefined) return { folder, name: '.', inode: folder }
    if (name.length > NAME_BYTES_MAX) throw fail('ENAMETOOLONG')
    if (name === '.') continue
    if (name === '..') {
      folder = folder.parent
      continue
    }
    const inode = folder.entries.get(name)
    if (todo.length === 0) return { folder, name, inode }
    if (inode === undefined) throw fail('ENOENT')
    if (inode.kind === 'folder') {
      folder = inode
    } else if (inode.kind === 'symlink') {
      if (++linksFollowed > LINKS_FOLLOWED_MAX) throw fail('ELOOP')
      if (inode.target.startsWith('/')) folder = root
      todo.unshift(...componentsOf(inode.target))
    } else {
      throw fail('ENOTDIR')
    }
  }
}

function startOf(
  path: BytePath,
  root: FolderInode,
  held: Roots['held'],
): { folder: FolderInode; rest: string[] } | undefined {
  const found = /^\/proc\/self\/fd\/(\d+)(?:\/(.*))?$/s.exec(path)
  if (found === null) return { folder: root, rest: componentsOf(path) }
  const folder = held.get(Number(found[1]))
  return folder && { folder, rest: componentsOf(found[2] ?? '') }
}

/** A path that ends in a slash names what lies behind it: `a/` is `a/.`. */
function componentsOf(path: string): string[] {
  const components = path.split('/').filter((name) => name !== '')
  return path.endsWith('/') && components.length > 0 ? [...components, '.'] : components
}
