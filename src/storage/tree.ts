/** What a tree says of one name: the values that docs/formats/tree.md lays out as bytes. */
import { type BytePath, type FileKind, MiB } from '#base'

/** Deeper folders are neither written nor read: no path of that depth can be named on Linux (PATH_MAX 4096). */
export const TREE_DEPTH_MAX = 4096
export const NAME_BYTES_MAX = 255
/** One page of a folder. About 512 names on average: a change rewrites one page, and 100 000 names are 200 pages. */
export const PAGE_ENTRIES_MIN = 128
export const PAGE_ENTRIES_MAX = 2048
/** A page is closed before it grows longer (names with many chunks, long lists of access rights). */
export const PAGE_BYTES_TARGET = 1 * MiB
/** Levels of pages over pages: three hold more than 10^9 names. */
export const PAGE_LEVELS_MAX = 4
/** A file with more chunks keeps them in pages of references. */
export const INLINE_CHUNKS_MAX = 256
export const CHUNK_PAGE_REFS_MIN = 1024
export const CHUNK_PAGE_REFS_MAX = 4096
/** 16 384 pages of at least 1024 chunks of 1 MiB: files of 16 TiB and more. */
export const CHUNK_PAGES_MAX = 16_384
export const XATTRS_MAX = 512
/** Names and values together; Linux gives no more than 64 KiB for one value. */
export const XATTR_BYTES_MAX = 1 * MiB
export const SYMLINK_BYTES_MAX = 4096

/** `chunks`: packed references of data chunks. `pages`: packed references of metadata chunks that hold them. */
export type FileContent = { readonly chunks: Uint8Array } | { readonly pages: Uint8Array }

export interface TreeEntry {
  readonly name: BytePath
  readonly kind: FileKind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  /** With `inode`: to see unchanged files, and the names that are hard links of one file. */
  readonly device: number
  readonly inode: bigint
  /** Of a file; 0 for all else. */
  readonly bytes: number
  /** Null: not a file, or a file of which no version could ever be read. */
  readonly content: FileContent | null
  readonly sparse: boolean
  /** The file had several names: those with equal device and inode in one snapshot are hard links. Each has the content. */
  readonly linked: boolean
  /** How many runs in a row the file changed while it was read; 0 = whole. */
  readonly torn: number
  /** Of a folder: packed reference of its tree; null when it could never be listed. */
  readonly tree: Uint8Array | null
  /** Of a symlink. */
  readonly target: BytePath | null
  readonly xattrs: ReadonlyMap<string, Uint8Array>
  /** Why this is an earlier version, or has no content: `EACCES`, `EIO` … Null: as it was at the time of the snapshot. */
  readonly incomplete: string | null
}

/** One page of a folder: names, or pages of the next lower level. */
export type TreePage =
  | { readonly level: 0; readonly entries: readonly TreeEntry[] }
  | { readonly level: number; readonly pages: readonly PageRef[] }

export interface PageRef {
  /** First name below the page. */
  readonly first: BytePath
  /** Packed reference. */
  readonly ref: Uint8Array
}

const noXattrs: ReadonlyMap<string, Uint8Array> = new Map()

/** An entry of which only the interesting fields are given. */
export function treeEntry(fields: Partial<TreeEntry> & Pick<TreeEntry, 'name' | 'kind'>): TreeEntry {
  return {
    mode: 0o600,
    uid: 0,
    gid: 0,
    mtimeNs: 0n,
    ctimeNs: 0n,
    device: 0,
    inode: 0n,
    bytes: 0,
    content: null,
    sparse: false,
    linked: false,
    torn: 0,
    tree: null,
    target: null,
    xattrs: noXattrs,
    incomplete: null,
    ...fields,
  }
}

/** Names that are hard links of one file share it. */
export function linkKey(file: { readonly device: number; readonly inode: bigint }): string {
  return `${file.device}:${file.inode}`
}

/** What a name in a tree may be (security rule 12): one component, nothing that a path would read otherwise. */
export function isName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= NAME_BYTES_MAX &&
    name !== '.' &&
    name !== '..' &&
    !name.includes('/') &&
    !name.includes('\0')
  )
}
