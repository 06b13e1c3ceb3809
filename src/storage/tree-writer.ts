/** Writes the tree of one folder, names in order, a page at a time: memory is one page a level. */
import { assert, type BytePath } from '#base'
import { packRefs, unpackRefs } from './group.ts'
import {
  CHUNK_PAGE_REFS_MAX,
  CHUNK_PAGE_REFS_MIN,
  type FileContent,
  INLINE_CHUNKS_MAX,
  PAGE_BYTES_TARGET,
  PAGE_ENTRIES_MAX,
  PAGE_ENTRIES_MIN,
  PAGE_LEVELS_MAX,
  type PageRef,
  type TreeEntry,
} from './tree.ts'
import { encodeChunkPage, encodePage } from './tree-format.ts'
import { CHUNK_REF_BYTES, type ChunkRef, type WritingSession } from './types.ts'

type TreeSink = Pick<WritingSession, 'writeTree'>

/** A page ends before a name whose hash ends in zeros: one in 512. */
const CUT_BITS = 9
/** What an entry takes besides its name, references and access rights, at most. */
const ENTRY_BYTES_MAX = 128

export class FolderWriter {
  readonly #sink: TreeSink
  readonly #upper: UpperLevel[] = []
  #entries: TreeEntry[] = []
  #bytes = 0
  #last: BytePath | null = null

  constructor(sink: TreeSink) {
    this.#sink = sink
  }

  /** Names must ascend bytewise. */
  async add(entry: TreeEntry): Promise<void> {
    assert(this.#last === null || this.#last < entry.name, 'names of a folder ascend')
    const bytes = entryBytes(entry)
    if (this.#entries.length > 0 && this.#endsBefore(entry.name, bytes)) await this.#closePage()
    this.#last = entry.name
    this.#entries.push(entry)
    this.#bytes += bytes
  }

  #endsBefore(name: BytePath, bytes: number): boolean {
    if (this.#bytes + bytes > PAGE_BYTES_TARGET) return true
    return cutsBefore(name, 0, this.#entries.length)
  }

  async #closePage(): Promise<void> {
    const first = this.#entries[0]
    assert(first, 'a page has entries')
    const ref = await this.#sink.writeTree(encodePage({ level: 0, entries: this.#entries }))
    this.#entries = []
    this.#bytes = 0
    await this.#addAbove(1, { first: first.name, ref: packRefs([ref]) })
  }

  async #addAbove(level: number, page: PageRef): Promise<void> {
    assert(level <= PAGE_LEVELS_MAX, 'a folder has fewer than 10^12 names')
    let upper = this.#upper[level - 1]
    if (!upper) {
      upper = { pages: [] }
      this.#upper[level - 1] = upper
    }
    if (cutsBefore(page.first, level, upper.pages.length)) await this.#closeAbove(level, upper)
    upper.pages.push(page)
  }

  async #closeAbove(level: number, upper: UpperLevel): Promise<ChunkRef> {
    const first = upper.pages[0]
    assert(first, 'a page of pages has pages')
    const ref = await this.#sink.writeTree(encodePage({ level, pages: upper.pages }))
    upper.pages = []
    await this.#addAbove(level + 1, { first: first.first, ref: packRefs([ref]) })
    return ref
  }

  /** The reference of the whole folder: its one page, or the topmost page of pages. */
  async finish(): Promise<ChunkRef> {
    if (this.#upper.length === 0) return this.#sink.writeTree(encodePage({ level: 0, entries: this.#entries }))
    if (this.#entries.length > 0) await this.#closePage()
    for (let level = 1; ; level++) {
      const upper = this.#upper[level - 1]
      assert(upper, 'the top of a tree has one page')
      const above = this.#upper[level]
      const only = upper.pages.length === 1 && !above ? upper.pages[0] : undefined
      if (only) return refOf(only)
      if (upper.pages.length > 0) await this.#closeAbove(level, upper)
    }
  }
}

interface UpperLevel {
  pages: PageRef[]
}

function refOf(page: PageRef): ChunkRef {
  const ref = unpackRefs(page.ref)[0]
  assert(ref, 'a page has a reference')
  return ref
}

function cutsBefore(name: BytePath, level: number, count: number): boolean {
  if (count >= PAGE_ENTRIES_MAX) return true
  if (count < PAGE_ENTRIES_MIN) return false
  // Each level looks at other bits: all names that begin a page have zeros in the bits of the level below.
  return ((nameHash(name) >>> (CUT_BITS * level)) & ((1 << CUT_BITS) - 1)) === 0
}

/** FNV-1a, then mixed (MurmurHash3's finish) so that all bits depend on the last characters. No secret: it only spreads. */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function entryBytes(entry: TreeEntry): number {
  let bytes = ENTRY_BYTES_MAX + entry.name.length + (entry.target?.length ?? 0) + contentBytes(entry.content)
  for (const [name, value] of entry.xattrs) bytes += name.length + value.byteLength + 8
  return bytes
}

function contentBytes(content: FileContent | null): number {
  if (content === null) return 0
  return 'chunks' in content ? content.chunks.byteLength : content.pages.byteLength
}

/** What the entry of a file holds for its packed chunk references: themselves, or pages of them. */
export async function writeContent(sink: TreeSink, chunks: Uint8Array): Promise<FileContent> {
  if (chunks.byteLength <= INLINE_CHUNKS_MAX * CHUNK_REF_BYTES) return { chunks }
  const refs: ChunkRef[] = []
  for (let at = 0; at < chunks.byteLength; ) {
    const end = chunkPageEnd(chunks, at)
    refs.push(await sink.writeTree(encodeChunkPage(chunks.slice(at, end))))
    at = end
  }
  return { pages: packRefs(refs) }
}

/** Cut where a chunk id begins with zeros (one in 1024), so that bytes put in the middle do not rewrite every page. */
function chunkPageEnd(chunks: Uint8Array, from: number): number {
  const least = from + CHUNK_PAGE_REFS_MIN * CHUNK_REF_BYTES
  const most = Math.min(chunks.byteLength, from + CHUNK_PAGE_REFS_MAX * CHUNK_REF_BYTES)
  for (let at = least; at < most; at += CHUNK_REF_BYTES) {
    if (chunks[at] === 0 && ((chunks[at + 1] ?? 0) & 3) === 0) return at
  }
  return most
}
