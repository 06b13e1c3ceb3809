/** Walks the part of a snapshot that is restored, with the folder of the target that each folder goes to. */
import { type BytePath, codeOf, DatisError } from '#base'
import { joinRelative } from './target.ts'
import { TREE_DEPTH_MAX, type TreeEntry } from './tree.ts'
import { folderPages, type TreeStore } from './tree-reader.ts'

/** Where a folder goes; null: neither it nor what it holds is restored. */
export interface Entered {
  /** Relative to the target. */
  readonly folder: BytePath
  /** What was there before; null: nothing, the folder is new. */
  readonly names: ReadonlySet<string> | null
}

export interface WalkItem {
  /** In the restored part; empty for its root. */
  readonly path: BytePath
  readonly entry: TreeEntry
  /** The folder that it goes to. */
  readonly into: Entered
}

/** `item`: anything but a folder. `leave`: a folder after all that it holds. */
export type WalkStep =
  | ({ readonly type: 'item' } & WalkItem)
  | { readonly type: 'leave'; readonly path: BytePath; readonly entry: TreeEntry; readonly folder: BytePath }

export interface WalkHandlers {
  /** Called once a folder, before what it holds. */
  enter(folder: WalkItem): Entered | null
  /** A folder whose tree cannot be read to its end. */
  onBroken(path: BytePath, cause: string): void
}

interface Frame {
  readonly path: BytePath
  readonly entry: TreeEntry
  readonly into: Entered
  readonly pages: AsyncGenerator<readonly TreeEntry[]> | null
  page: readonly TreeEntry[]
  next: number
}

export async function* walkRestored(
  store: TreeStore,
  root: TreeEntry,
  target: Entered,
  handlers: WalkHandlers,
): AsyncGenerator<WalkStep> {
  if (root.kind !== 'folder') {
    yield { type: 'item', path: root.name, entry: root, into: target }
    return
  }
  const stack = [frameOf(store, '' as BytePath, root, target)]
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const entry = frame.page[frame.next++]
    if (!entry) {
      if (await nextPage(frame, handlers)) continue
      stack.pop()
      yield { type: 'leave', path: frame.path, entry: frame.entry, folder: frame.into.folder }
      continue
    }
    const item = { path: joinRelative(frame.path, entry.name), entry, into: frame.into }
    if (entry.kind !== 'folder') {
      yield { type: 'item', ...item }
    } else if (stack.length >= TREE_DEPTH_MAX) {
      handlers.onBroken(item.path, 'ENAMETOOLONG')
    } else {
      const into = handlers.enter(item)
      if (into) stack.push(frameOf(store, item.path, entry, into))
    }
  }
}

function frameOf(store: TreeStore, path: BytePath, entry: TreeEntry, into: Entered): Frame {
  return { path, entry, into, pages: entry.tree && folderPages(store, entry.tree), page: [], next: 0 }
}

async function nextPage(frame: Frame, handlers: WalkHandlers): Promise<boolean> {
  if (!frame.pages) return false
  try {
    const { done, value } = await frame.pages.next()
    if (done) return false
    frame.page = value
    frame.next = 0
    return true
  } catch (error) {
    // A damaged page costs the names that it held, not the restore.
    if (!(error instanceof DatisError) && codeOf(error) !== 'EIO') throw error
    handlers.onBroken(frame.path, codeOf(error))
    return false
  }
}
