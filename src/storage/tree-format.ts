/** Trees as bytes: docs/formats/tree.md. Pure. */

import { z } from 'zod'
import {
  type BytePath,
  bytesEqual,
  DatisError,
  decodeCbor,
  encodeCbor,
  type FileKind,
  pathFromBytes,
  pathToBytes,
} from '#base'
import { bytesOfRef } from './group.ts'
import {
  CHUNK_PAGE_REFS_MAX,
  CHUNK_PAGES_MAX,
  INLINE_CHUNKS_MAX,
  isName,
  PAGE_ENTRIES_MAX,
  PAGE_LEVELS_MAX,
  type PageRef,
  SYMLINK_BYTES_MAX,
  type TreeEntry,
  type TreePage,
  XATTR_BYTES_MAX,
  XATTRS_MAX,
} from './tree.ts'
import { CHUNK_REF_BYTES } from './types.ts'

/** Position = number in the format. */
const kinds: readonly FileKind[] = ['file', 'folder', 'symlink', 'socket', 'fifo', 'device']
const FLAG_SPARSE = 1
const FLAG_LINKED = 2
const ENTRY_FIELDS = 11
const TORN_MAX = 65_535
const CAUSE_LENGTH_MAX = 64
const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

// ---------------------------------------------------------------------------------------------- encoding

/**
 * Takes any value for an entry as it is: tests write with it what no honest box writes. `parsePage` is the judge.
 */
export function encodePage(page: TreePage): Uint8Array {
  if ('entries' in page) return encodeCbor({ format: 1, level: 0, entries: page.entries.map(entryToCbor) })
  return encodeCbor({ format: 1, level: page.level, pages: page.pages.map((one) => [pathToBytes(one.first), one.ref]) })
}

export function encodeEntry(entry: TreeEntry): Uint8Array {
  return encodeCbor({ format: 1, entry: entryToCbor(entry) })
}

export function encodeChunkPage(chunks: Uint8Array): Uint8Array {
  return encodeCbor({ format: 1, chunks })
}

function entryToCbor(entry: TreeEntry): unknown[] {
  return [
    pathToBytes(entry.name),
    kinds.indexOf(entry.kind),
    entry.mode,
    entry.uid,
    entry.gid,
    entry.mtimeNs,
    entry.ctimeNs,
    entry.device,
    entry.inode,
    bodyToCbor(entry),
    extraToCbor(entry),
  ]
}

function bodyToCbor(entry: TreeEntry): unknown {
  if (entry.kind === 'folder') return entry.tree
  if (entry.kind === 'symlink') return pathToBytes(entry.target ?? ('' as BytePath))
  if (entry.kind !== 'file') return null
  const flags = (entry.sparse ? FLAG_SPARSE : 0) | (entry.linked ? FLAG_LINKED : 0)
  return [entry.bytes, flags, entry.torn, contentToCbor(entry.content)]
}

function contentToCbor(content: TreeEntry['content']): unknown {
  if (content === null) return null
  return 'chunks' in content ? content.chunks : [content.pages]
}

function extraToCbor(entry: TreeEntry): unknown {
  if (entry.xattrs.size === 0 && entry.incomplete === null) return null
  const xattrs = [...entry.xattrs].sort(([a], [b]) => (a < b ? -1 : 1))
  return [entry.incomplete, xattrs]
}

// ---------------------------------------------------------------------------------------------- parsing

const refSchema = z.instanceof(Uint8Array).refine((ref) => ref.byteLength === CHUNK_REF_BYTES)
const leafSchema = z.strictObject({
  format: z.literal(1),
  level: z.literal(0),
  entries: z.array(z.unknown()).max(PAGE_ENTRIES_MAX),
})
const branchSchema = z.strictObject({
  format: z.literal(1),
  level: z.int().min(1).max(PAGE_LEVELS_MAX),
  pages: z
    .array(z.tuple([z.instanceof(Uint8Array), refSchema]))
    .min(1)
    .max(PAGE_ENTRIES_MAX),
})
const pageSchema = z.union([leafSchema, branchSchema])
const entrySchema = z.strictObject({ format: z.literal(1), entry: z.unknown() })
const chunkPageSchema = z.strictObject({ format: z.literal(1), chunks: z.instanceof(Uint8Array) })

/** Names are valid and strictly ascending, all lengths bounded; FORMAT_INVALID otherwise. */
export function parsePage(bytes: Uint8Array): TreePage {
  const page = decodeCbor('tree', pageSchema, bytes)
  const parsed: TreePage =
    'entries' in page
      ? { level: 0, entries: page.entries.map(parseEntry) }
      : { level: page.level, pages: page.pages.map(([first, ref]): PageRef => ({ first: parseName(first), ref })) }
  const names = 'entries' in parsed ? parsed.entries.map((one) => one.name) : parsed.pages.map((one) => one.first)
  for (let i = 1; i < names.length; i++) {
    if (!((names[i - 1] as string) < (names[i] as string))) throw invalid('order')
  }
  return parsed
}

/** One name of a page, when it is a page of names: the others are not looked at. */
export function parseNameIn(bytes: Uint8Array, name: BytePath): TreeEntry | null | UpperPage {
  const page = decodeCbor('tree', pageSchema, bytes)
  if (!('entries' in page)) return parsePage(bytes) as UpperPage
  const wanted = pathToBytes(name)
  const found = page.entries.find((entry) => Array.isArray(entry) && isBytes(entry[0], wanted))
  return found === undefined ? null : parseEntry(found)
}

type UpperPage = Extract<TreePage, { readonly pages: unknown }>

function isBytes(value: unknown, wanted: Uint8Array): boolean {
  return value instanceof Uint8Array && bytesEqual(value, wanted)
}

/** The entry that a snapshot's record carries for its root. */
export function parseRootEntry(bytes: Uint8Array): TreeEntry {
  return parseEntry(decodeCbor('tree entry', entrySchema, bytes).entry)
}

/** Packed references of data chunks. */
export function parseChunkPage(bytes: Uint8Array): Uint8Array {
  const { chunks } = decodeCbor('chunk list', chunkPageSchema, bytes)
  return packedRefs(chunks, 1, CHUNK_PAGE_REFS_MAX)
}

// By hand: a schema an entry makes a folder of 100 000 names ten times slower to open.
function parseEntry(value: unknown): TreeEntry {
  if (!Array.isArray(value) || value.length !== ENTRY_FIELDS) throw invalid('entry')
  const fields: readonly unknown[] = value
  const kind = kinds[integer(fields[1], kinds.length - 1)]
  if (kind === undefined) throw invalid('kind')
  return {
    name: parseName(fields[0]),
    kind,
    mode: integer(fields[2], 0o7777),
    uid: integer(fields[3], 0xffff_ffff),
    gid: integer(fields[4], 0xffff_ffff),
    mtimeNs: int64(fields[5]),
    ctimeNs: int64(fields[6]),
    device: integer(fields[7], Number.MAX_SAFE_INTEGER),
    inode: unsigned64(fields[8]),
    ...parseBody(kind, fields[9]),
    ...parseExtra(fields[10]),
  }
}

type Body = Pick<TreeEntry, 'bytes' | 'content' | 'sparse' | 'linked' | 'torn' | 'tree' | 'target'>
const noBody: Body = { bytes: 0, content: null, sparse: false, linked: false, torn: 0, tree: null, target: null }

function parseBody(kind: FileKind, value: unknown): Body {
  if (kind === 'file') return parseFile(value)
  if (kind === 'folder') return { ...noBody, tree: value === null ? null : packedRefs(bytesOf(value), 1, 1) }
  if (kind === 'symlink') return { ...noBody, target: parseTarget(bytesOf(value)) }
  if (value !== null) throw invalid('body')
  return noBody
}

function parseFile(value: unknown): Body {
  if (!Array.isArray(value) || value.length !== 4) throw invalid('file')
  const fields: readonly unknown[] = value
  const bytes = integer(fields[0], Number.MAX_SAFE_INTEGER)
  const flags = integer(fields[1], FLAG_SPARSE | FLAG_LINKED)
  const content = parseContent(fields[3])
  if (content && 'chunks' in content && sumOfRefs(content.chunks) !== bytes) throw invalid('bytes')
  return {
    ...noBody,
    bytes,
    content,
    sparse: (flags & FLAG_SPARSE) !== 0,
    linked: (flags & FLAG_LINKED) !== 0,
    torn: integer(fields[2], TORN_MAX),
  }
}

function parseContent(value: unknown): TreeEntry['content'] {
  if (value === null) return null
  if (value instanceof Uint8Array) return { chunks: packedRefs(value, 0, INLINE_CHUNKS_MAX) }
  if (!Array.isArray(value) || value.length !== 1) throw invalid('content')
  return { pages: packedRefs(bytesOf(value[0]), 1, CHUNK_PAGES_MAX) }
}

function parseTarget(target: Uint8Array): BytePath {
  // An empty target or one with NUL cannot be made again; where a link leads is nobody's business but its reader's.
  if (target.byteLength === 0 || target.byteLength > SYMLINK_BYTES_MAX || target.includes(0)) throw invalid('target')
  return pathFromBytes(target)
}

type Extra = Pick<TreeEntry, 'incomplete' | 'xattrs'>
const noExtra: Extra = { incomplete: null, xattrs: new Map() }

function parseExtra(value: unknown): Extra {
  if (value === null) return noExtra
  if (!Array.isArray(value) || value.length !== 2) throw invalid('extra')
  const [cause, list]: unknown[] = value
  if (!(cause === null || (typeof cause === 'string' && cause.length > 0 && cause.length <= CAUSE_LENGTH_MAX))) {
    throw invalid('incomplete')
  }
  return { incomplete: cause, xattrs: parseXattrs(list) }
}

function parseXattrs(list: unknown): ReadonlyMap<string, Uint8Array> {
  if (!Array.isArray(list) || list.length > XATTRS_MAX) throw invalid('xattrs')
  const xattrs = new Map<string, Uint8Array>()
  let total = 0
  for (const pair of list as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) throw invalid('xattrs')
    const [name, value]: unknown[] = pair
    if (typeof name !== 'string' || name === '' || name.length > 255 || name.includes('\0')) throw invalid('xattrs')
    if (xattrs.has(name)) throw invalid('xattrs')
    const bytes = bytesOf(value)
    total += name.length + bytes.byteLength
    xattrs.set(name, bytes)
  }
  if (total > XATTR_BYTES_MAX) throw invalid('xattrs')
  return xattrs
}

function parseName(value: unknown): BytePath {
  const name = pathFromBytes(bytesOf(value))
  if (!isName(name)) throw invalid('name')
  return name
}

export function sumOfRefs(packed: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < packed.byteLength; at += CHUNK_REF_BYTES) sum += bytesOfRef(packed, at)
  return sum
}

function packedRefs(packed: Uint8Array, countMin: number, countMax: number): Uint8Array {
  const count = packed.byteLength / CHUNK_REF_BYTES
  if (!Number.isInteger(count) || count < countMin || count > countMax) throw invalid('references')
  return packed
}

function bytesOf(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalid('bytes')
  return value
}

function integer(value: unknown, max: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max) throw invalid('integer')
  return value
}

function int64(value: unknown): bigint {
  const number = bigInteger(value)
  if (number < INT64_MIN || number > INT64_MAX) throw invalid('time')
  return number
}

function unsigned64(value: unknown): bigint {
  const number = bigInteger(value)
  if (number < 0n || number > 2n ** 64n - 1n) throw invalid('integer')
  return number
}

function bigInteger(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw invalid('integer')
}

function invalid(at: string): DatisError {
  return new DatisError('FORMAT_INVALID', 'A tree does not have the form it must have.', { what: 'tree', at })
}
