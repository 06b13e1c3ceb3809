/** What the previous snapshot of a source knows: content of unchanged files, last good versions of unreadable ones. */
import { type BytePath, codeOf, DatisError, type Stat } from '#base'
import { unpackRefs } from './group.ts'
import type { TreeEntry } from './tree.ts'
import { contentRefs, findEntry, folderPages, rootEntryOf } from './tree-reader.ts'
import type { ChunkStore, SnapshotRecord } from './types.ts'
import { rootNames } from './walk.ts'

const NS_PER_MS = 1_000_000n
const NS_PER_SECOND = 1_000_000_000n
/** Two writes in one tick of the file system's clock cannot be told apart: a jiffy is at most 10 ms. */
const TICK_MS = 20
/** FAT, and old file systems that count whole seconds. */
const COARSE_TICK_MS = 2000

/** One folder of the previous snapshot, asked for names in ascending order; holds one page. */
export class PreviousFolder {
  readonly #pages: AsyncGenerator<readonly TreeEntry[]> | null
  #entries: readonly TreeEntry[] = []
  #next = 0
  #over = false

  constructor(store: ChunkStore, folder: TreeEntry | null) {
    this.#pages = folder?.kind === 'folder' && folder.tree ? folderPages(store, folder.tree) : null
    this.#over = this.#pages === null
  }

  /** The entry when it is in the page at hand; undefined when a page must be read first (`find`). */
  peek(name: BytePath): TreeEntry | null | undefined {
    for (; this.#next < this.#entries.length; this.#next++) {
      const entry = this.#entries[this.#next]
      if (!entry || entry.name > name) return null
      if (entry.name === name) return entry
    }
    return this.#over ? null : undefined
  }

  async find(name: BytePath): Promise<TreeEntry | null> {
    for (;;) {
      const found = this.peek(name)
      if (found !== undefined) return found
      await this.#nextPage()
    }
  }

  async #nextPage(): Promise<void> {
    this.#next = 0
    this.#entries = []
    const page = await unlessDamaged(async () => (await this.#pages?.next()) ?? { done: true, value: undefined })
    if (!page || page.done || !page.value) this.#over = true
    else this.#entries = page.value
  }
}

/** An old tree that cannot be read costs time, not the new snapshot: all is read again. */
async function unlessDamaged<Value>(act: () => Promise<Value>): Promise<Value | null> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof DatisError || codeOf(error) === 'EIO') return null
    throw error
  }
}

export class PreviousSnapshot {
  readonly #store: ChunkStore
  readonly #record: SnapshotRecord | null

  constructor(store: ChunkStore, source: string) {
    this.#store = store
    this.#record = store.snapshots().findLast((record) => record.source === source) ?? null
  }

  /** The entry that stood for one PATH of the source. */
  async rootOf(path: BytePath): Promise<TreeEntry | null> {
    const record = this.#record
    const position = record?.paths.indexOf(path) ?? -1
    if (!record || position < 0) return null
    return unlessDamaged(async () => {
      const root = rootEntryOf(record)
      const name = rootNames(record.paths)[position]
      if (record.single) return root
      return name && root.tree ? findEntry(this.#store, root.tree, name) : null
    })
  }

  /** Whether the entry's content is what the file holds now, so that it need not be read. */
  async canReuse(entry: TreeEntry | null, stat: Stat): Promise<boolean> {
    if (!entry || !this.#record || !looksUnchanged(entry, stat)) return false
    if (!settledBefore(stat, this.#record.startedAt)) return false
    return this.hasContent(entry)
  }

  /** Whether every chunk of it is still in the vault. */
  async hasContent(entry: TreeEntry): Promise<boolean> {
    const { content } = entry
    if (content === null) return false
    if ('chunks' in content) return this.#store.hasChunks(content.chunks)
    if (!unpackRefs(content.pages).every((ref) => this.#store.hasTree(ref.id))) return false
    const all = await unlessDamaged(async () => {
      for await (const chunks of contentRefs(this.#store, content)) if (!this.#store.hasChunks(chunks)) return false
      return true
    })
    return all === true
  }
}

function looksUnchanged(entry: TreeEntry, stat: Stat): boolean {
  return (
    entry.kind === 'file' &&
    entry.incomplete === null &&
    entry.torn === 0 &&
    entry.bytes === stat.bytes &&
    entry.mtimeNs === stat.mtimeNs &&
    entry.ctimeNs === stat.ctimeNs &&
    entry.inode === stat.inode
  )
}

/**
 * A file that was written again in the tick in which it was read has the same times and length (git calls it racily
 * clean): times near or after the start of the previous run prove nothing.
 */
function settledBefore(stat: Stat, startedAt: number): boolean {
  const coarse = stat.ctimeNs % NS_PER_SECOND === 0n && stat.mtimeNs % NS_PER_SECOND === 0n
  const latest = BigInt(startedAt - (coarse ? COARSE_TICK_MS : TICK_MS)) * NS_PER_MS
  return stat.ctimeNs < latest && stat.mtimeNs < latest
}
