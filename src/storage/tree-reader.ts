/** Reads folders back out of the vault, a page at a time. */
import { type BytePath, DatisError, pathToText } from '#base'
import { unpackRefs } from './group.ts'
import {
  type FileContent,
  PAGE_LEVELS_MAX,
  type PageRef,
  TREE_DEPTH_MAX,
  type TreeEntry,
  type TreePage,
} from './tree.ts'
import { parseChunkPage, parseNameIn, parsePage, parseRootEntry, sumOfRefs } from './tree-format.ts'
import type { ChunkStore, SnapshotRecord } from './types.ts'

export type TreeStore = Pick<ChunkStore, 'readTree'>

/** Entries in a folder by pages, names ascending; from the page on that may hold `from`. `tree`: packed reference. */
export async function* folderPages(
  store: TreeStore,
  tree: Uint8Array,
  from: string = '',
): AsyncGenerator<readonly TreeEntry[]> {
  let last = ''
  for await (const entries of pagesBelow(store, { ref: tree, levelMax: PAGE_LEVELS_MAX, from })) {
    const first = entries[0]
    if (!first) continue
    if (!(last < first.name)) throw invalid('order')
    last = entries.at(-1)?.name ?? last
    yield entries
  }
}

interface PagesBelow {
  readonly ref: Uint8Array
  readonly levelMax: number
  readonly from: string
}

async function* pagesBelow(
  store: TreeStore,
  { ref, levelMax, from }: PagesBelow,
): AsyncGenerator<readonly TreeEntry[]> {
  const page = await readPage(store, ref)
  if ('entries' in page) {
    yield page.entries
    return
  }
  // Levels fall at each step, so a page can never be its own ancestor.
  if (page.level > levelMax) throw invalid('level')
  const start = page.pages.findLastIndex(({ first }) => first <= from)
  for (const child of page.pages.slice(Math.max(0, start))) {
    let begins: BytePath | null = null
    for await (const entries of pagesBelow(store, { ref: child.ref, levelMax: page.level - 1, from })) {
      begins ??= entries[0]?.name ?? null
      yield entries
    }
    // Below a page where `from` lies, the first that is read may be a later one.
    if (begins !== child.first && !(child.first <= from)) throw invalid('first')
  }
}

async function readPage(store: TreeStore, packed: Uint8Array): Promise<TreePage> {
  return parsePage(await pageBytes(store, packed))
}

async function pageBytes(store: TreeStore, packed: Uint8Array): Promise<Uint8Array> {
  const ref = unpackRefs(packed)[0]
  if (!ref) throw invalid('reference')
  const plain = await store.readTree(ref.id)
  if (plain.byteLength !== ref.bytes) throw invalid('length')
  return plain
}

/** One name in a folder, reading one page a level. */
export async function findEntry(store: TreeStore, tree: Uint8Array, name: BytePath): Promise<TreeEntry | null> {
  let page = parseNameIn(await pageBytes(store, tree), name)
  for (let level = PAGE_LEVELS_MAX; page !== null && 'pages' in page; level--) {
    if (page.level > level) throw invalid('level')
    level = page.level
    const child = lastNotAfter(page.pages, name)
    if (!child) return null
    page = parseNameIn(await pageBytes(store, child.ref), name)
  }
  return page
}

function lastNotAfter(pages: readonly PageRef[], name: BytePath): PageRef | null {
  let found: PageRef | null = null
  for (const page of pages) {
    if (page.first > name) break
    found = page
  }
  return found
}

/** Packed references of a file's chunks, at most a page of them at a time. */
export async function* contentRefs(store: TreeStore, content: FileContent): AsyncGenerator<Uint8Array> {
  if ('chunks' in content) {
    yield content.chunks
    return
  }
  for (const ref of unpackRefs(content.pages)) {
    const plain = await store.readTree(ref.id)
    if (plain.byteLength !== ref.bytes) throw invalid('length')
    yield parseChunkPage(plain)
  }
}

/** Yields the chunks like `contentRefs` and throws at the end when they are not `bytes` long together. */
export async function* checkedContentRefs(
  store: TreeStore,
  content: FileContent,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let sum = 0
  for await (const packed of contentRefs(store, content)) {
    sum += sumOfRefs(packed)
    if (sum > bytes) break
    yield packed
  }
  if (sum !== bytes) throw invalid('bytes')
}

// ---------------------------------------------------------------------------------------------- paths in snapshots

export function rootEntryOf(snapshot: SnapshotRecord): TreeEntry {
  const root = parseRootEntry(snapshot.rootEntry)
  if (root.kind !== 'folder' || root.tree === null) throw invalid('root')
  return root
}

/** The thing at `path` in the snapshot; slashes at its ends and doubled ones mean nothing. PATH_UNKNOWN. */
export async function entryAt(store: TreeStore, snapshot: SnapshotRecord, path: BytePath): Promise<TreeEntry> {
  let entry = rootEntryOf(snapshot)
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    const tree = entry.kind === 'folder' ? entry.tree : null
    const found = tree ? await findEntry(store, tree, name as BytePath) : null
    if (!found) {
      throw new DatisError('PATH_UNKNOWN', 'The snapshot has nothing at that path.', {
        snapshot: snapshot.snapshot,
        path: pathToText(path),
      })
    }
    entry = found
  }
  return entry
}

export interface FolderPart {
  /** Names after this one; absent: from the first on. */
  readonly after?: BytePath
  /** Absent: all. */
  readonly limit?: number
}

export interface ListedFolder {
  readonly entries: readonly TreeEntry[]
  readonly more: boolean
}

/** What a folder holds; a thing that is no folder lists itself. PATH_UNKNOWN. */
export async function listFolder(
  store: TreeStore,
  snapshot: SnapshotRecord,
  path: BytePath,
  { after, limit = Number.POSITIVE_INFINITY }: FolderPart = {},
): Promise<ListedFolder> {
  const entry = await entryAt(store, snapshot, path)
  if (entry.kind !== 'folder') return { entries: [entry], more: false }
  const entries: TreeEntry[] = []
  if (entry.tree === null) return { entries, more: false }
  for await (const page of folderPages(store, entry.tree, after)) {
    for (const one of page) if (after === undefined || one.name > after) entries.push(one)
    if (entries.length > limit) return { entries: entries.slice(0, limit), more: true }
  }
  return { entries, more: false }
}

export interface WalkedEntry {
  /** Relative to where the walk began; empty for the start itself. */
  readonly path: BytePath
  readonly depth: number
  readonly entry: TreeEntry
}

/** All entries from `path` down; a folder before what it holds, names in order. */
export async function* walkSnapshot(
  store: TreeStore,
  snapshot: SnapshotRecord,
  path: BytePath,
): AsyncGenerator<WalkedEntry> {
  const entry = await entryAt(store, snapshot, path)
  yield* walkBelow(store, { path: '' as BytePath, depth: 0, entry })
}

interface OpenFolder {
  readonly path: string
  readonly pages: AsyncGenerator<readonly TreeEntry[]>
  entries: readonly TreeEntry[]
  next: number
}

// A stack of our own: a chain of nested generators costs a promise a level for each entry.
async function* walkBelow(store: TreeStore, start: WalkedEntry): AsyncGenerator<WalkedEntry> {
  yield start
  const open: OpenFolder[] = []
  push(store, open, start)
  for (let folder = open.at(-1); folder; folder = open.at(-1)) {
    const entry = folder.entries[folder.next++]
    if (!entry) {
      const more = await folder.pages.next()
      if (more.done) open.pop()
      else Object.assign(folder, { entries: more.value, next: 0 })
      continue
    }
    const path = (folder.path === '' ? entry.name : `${folder.path}/${entry.name}`) as BytePath
    const walked = { path, depth: open.length, entry }
    yield walked
    push(store, open, walked)
  }
}

function push(store: TreeStore, open: OpenFolder[], { path, entry }: WalkedEntry): void {
  if (entry.kind !== 'folder' || entry.tree === null) return
  if (open.length >= TREE_DEPTH_MAX) throw invalid('depth')
  open.push({ path, pages: folderPages(store, entry.tree), entries: [], next: 0 })
}

function invalid(at: string): DatisError {
  return new DatisError('FORMAT_INVALID', 'A tree does not have the form it must have.', { what: 'tree', at })
}
