/** Folders of the box's own disk, for who says what is saved: their names, and nothing of what is in files. */
import { type BytePath, DatisError, type Disk, joinPath, pathFromBytes, pathFromText, pathToText } from '#base'
import { cleanPaths, foldersByInode, isBelowAny, tryDisk } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { FolderItem, FolderListArguments, FolderListResult, OperationContext } from '../operations.ts'
import { shownPath } from './shown.ts'
import { exactPath } from './snapshots.ts'

const PAGE = 200
/** Looked at for one page: in a folder of a million files the next one goes on. */
const NAMES_MAX = 20_000
const PAUSE_EVERY = 500

/** OWN_FOLDER, REQUEST_INVALID, and what the system says: ENOENT, EACCES, ENOTDIR, ELOOP … */
export async function listFolders(
  box: OpenedBox,
  args: FolderListArguments,
  { signal }: OperationContext,
): Promise<FolderListResult> {
  const { disk, clock } = box.world
  const path = absolute(exactPath(args))
  const own = foldersByInode(disk, [box.folder])
  if (isBelowAny(disk, path, own))
    throw new DatisError('OWN_FOLDER', 'It is the own folder.', { path: pathToText(path) })
  const names = namesAfter(disk, path, args.after)
  const items: FolderItem[] = []
  for (const [n, name] of names.entries()) {
    if (n % PAUSE_EVERY === PAUSE_EVERY - 1) await clock.sleep(0, signal)
    if (items.length === (args.limit ?? PAGE) || n === NAMES_MAX)
      return { ...shownPath(path), items, more: shownPath(names[n - 1] ?? name).pathBytes }
    const item = folderAt(disk, joinPath(path, name), own)
    if (item !== null) items.push(item)
  }
  return { ...shownPath(path), items, more: null }
}

function absolute(path: BytePath): BytePath {
  const [clean = path] = cleanPaths([path])
  const isPlain = path.startsWith('/') && !clean.split('/').some((name) => name === '.' || name === '..')
  if (!isPlain || clean.includes('\0'))
    throw new DatisError('REQUEST_INVALID', 'This is no whole path.', { at: 'path' })
  return clean
}

function namesAfter(disk: Disk, path: BytePath, after: string | undefined): BytePath[] {
  const listed = tryDisk(() => disk.list(path))
  if ('cause' in listed) throw new DatisError(listed.cause, 'It cannot be listed.', { path: pathToText(path) })
  const from = after === undefined ? '' : pathFromBytes(Buffer.from(after, 'base64'))
  return listed.value.filter((name) => name > from).sort((a, b) => (a < b ? -1 : 1))
}

/** Null: it is none, or is gone. */
function folderAt(disk: Disk, path: BytePath, own: ReadonlySet<string>): FolderItem | null {
  const tried = tryDisk(() => disk.stat(path))
  if ('cause' in tried) return tried.cause === 'ENOENT' ? null : { ...shownPath(path), state: 'unreadable' }
  if (tried.value.kind !== 'folder') return null
  return { ...shownPath(path), state: stateOf(disk, path, own) }
}

function stateOf(disk: Disk, path: BytePath, own: ReadonlySet<string>): FolderItem['state'] {
  if (isBelowAny(disk, path, own)) return 'own'
  if (pathFromText(pathToText(path)) !== path) return 'garbled'
  return 'cause' in tryDisk(() => disk.holdFolder(path)[Symbol.dispose]()) ? 'unreadable' : 'open'
}
