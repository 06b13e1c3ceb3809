/** What hosts do with fragments on disk, in worker threads: hashes and fsyncs never hold up the sockets. */
import {
  type BytePath,
  bytesEqual,
  codeOf,
  DatisError,
  type Disk,
  defineJob,
  ensureFolder,
  ignoring,
  joinPath,
  readWhole,
  release,
  transferring,
  writeDurably,
} from '#base'
import {
  encodeFragmentFile,
  type FragmentFile,
  fragmentName,
  headerLength,
  parseFragmentHeader,
  parseFragmentName,
  verifyFragmentFile,
} from '../fragment-file.ts'
import { BUCKET_FRAGMENTS_MAX, DAMAGED_COPIES_MAX, FRAGMENT_FILE_BYTES_MAX, FRAGMENT_PREFIX_BYTES } from '../limits.ts'
import { type Owner, recordHash, sameRecord, verifyStripeRecord } from '../statements.ts'

export interface FragmentPlace {
  /** `fragments/` of the owner. */
  readonly folder: BytePath
  readonly owner: Owner
  readonly stripe: string
  readonly row: number
}

function bucketFolder({ folder, stripe }: Pick<FragmentPlace, 'folder' | 'stripe'>): BytePath {
  return joinPath(folder, stripe.slice(0, 2))
}

type Existing =
  | { state: 'none' }
  | { state: 'good'; file: FragmentFile }
  | { state: 'damaged'; file: FragmentFile | null }

/** The stored copy, judged by its own stripe record. */
function existing(disk: Disk, place: FragmentPlace): Existing {
  const path = joinPath(bucketFolder(place), fragmentName(place.stripe, place.row))
  const bytes = ignoring(['ENOENT'], () => readWhole(disk, path, FRAGMENT_FILE_BYTES_MAX))
  if (bytes === undefined) return { state: 'none' }
  try {
    return { state: 'good', file: verifyFragmentFile(bytes, place.owner, place) }
  } catch (error) {
    if (!(error instanceof DatisError)) throw error
    return { state: 'damaged', file: trustedHeader(bytes, place) }
  }
}

/** The header of a damaged copy, when its stripe record still carries the owner's signature. */
function trustedHeader(bytes: Uint8Array, place: FragmentPlace): FragmentFile | null {
  try {
    const header = parseFragmentHeader(bytes)
    verifyStripeRecord(header.record, place.owner, place.stripe)
    return { ...header, payload: bytes.subarray(header.payloadAt) }
  } catch (error) {
    if (error instanceof DatisError) return null
    throw error
  }
}

export type StoreOutcome =
  | { readonly outcome: 'stored' | 'same'; readonly root: string; readonly damagedAs: string | null }
  | { readonly outcome: 'conflict' }

export const storeFragmentJob = defineJob(
  import.meta.url,
  'storeFragmentJob',
  ({ disk }, input: FragmentPlace & { readonly host: string; readonly bytes: Uint8Array }): StoreOutcome => {
    const fresh = verifyFragmentFile(input.bytes, input.owner, input)
    if (fresh.placed.hosts[input.row] !== input.host) {
      throw new DatisError('PLACEMENT_REFUSED', 'The placement gives this row to another host.', { row: input.row })
    }
    const root = fresh.stripe.roots[input.row] ?? ''
    const found = existing(disk, input)
    if (found.state !== 'none' && found.file !== null && !sameRecord(found.file.record, fresh.record)) {
      return { outcome: 'conflict' }
    }
    if (found.state === 'good') {
      // The rename may be in the cache only, when power failed between it and the fsync of the folder.
      disk.syncFolder(bucketFolder(input))
      return { outcome: 'same', root, damagedAs: null }
    }
    // One more, and none of this host's rooms could be listed any more.
    if (found.state === 'none' && bucketNames(disk, bucketFolder(input)).length === BUCKET_FRAGMENTS_MAX) {
      throw bucketFull(BUCKET_FRAGMENTS_MAX)
    }
    const damagedAs = found.state === 'damaged' ? setAside(disk, input) : null
    write(disk, input, fresh)
    release(input.bytes)
    return { outcome: 'stored', root, damagedAs }
  },
)

function write(disk: Disk, place: FragmentPlace, fragment: FragmentFile): void {
  const bytes = encodeFragmentFile(fragment)
  try {
    ensureFolder(disk, bucketFolder(place))
    writeDurably(disk, bucketFolder(place), fragmentName(place.stripe, place.row), bytes)
    release(bytes)
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC') throw error
    throw new DatisError('NO_SPACE', 'The hosting disk is full.', {}, { cause: error })
  }
}

/** A copy that fails its record is never removed: it is moved out of the way, under a name that nobody serves. */
function setAside(disk: Disk, place: FragmentPlace): string {
  const folder = bucketFolder(place)
  const name = fragmentName(place.stripe, place.row)
  const taken = new Set<string>(disk.list(folder))
  for (let number = 1; number <= DAMAGED_COPIES_MAX; number++) {
    const aside = `${name}.damaged-${number}`
    if (taken.has(aside)) continue
    disk.rename(joinPath(folder, name), joinPath(folder, aside))
    disk.syncFolder(folder)
    return aside
  }
  throw new DatisError('DISK_FAILING', 'A disk has damaged one fragment again and again.', {
    copies: DAMAGED_COPIES_MAX,
  })
}

export const readFragmentJob = defineJob(
  import.meta.url,
  'readFragmentJob',
  ({ disk }, input: FragmentPlace & { readonly headerOnly: boolean }): { readonly bytes: Uint8Array } => {
    const path = joinPath(bucketFolder(input), fragmentName(input.stripe, input.row))
    const bytes = ignoring(['ENOENT'], () =>
      input.headerOnly ? readHeaderBytes(disk, path) : readWhole(disk, path, FRAGMENT_FILE_BYTES_MAX),
    )
    if (bytes === undefined) {
      throw new DatisError('FRAGMENT_UNKNOWN', 'This host does not keep this fragment.', { row: input.row })
    }
    const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
    return whole && bytes.buffer instanceof ArrayBuffer ? transferring({ bytes }, [bytes.buffer]) : { bytes }
  },
)

export function readHeaderBytes(disk: Disk, path: BytePath): Uint8Array {
  using file = disk.open(path, 'read')
  const prefix = new Uint8Array(FRAGMENT_PREFIX_BYTES)
  const got = file.read(prefix, 0)
  const bytes = new Uint8Array(FRAGMENT_PREFIX_BYTES + headerLength(prefix.subarray(0, got)))
  return bytes.subarray(0, file.read(bytes, 0))
}

/** Reads a stored fragment again; a copy that fails its record is set aside and counts as missing from then on. */
export const verifyFragmentJob = defineJob(
  import.meta.url,
  'verifyFragmentJob',
  ({ disk }, input: FragmentPlace): { readonly state: 'good' | 'missing' | 'damaged' } => {
    const found = existing(disk, input)
    if (found.state === 'good') return { state: 'good' }
    if (found.state === 'none') return { state: 'missing' }
    setAside(disk, input)
    return { state: 'damaged' }
  },
)

export interface BucketEntry {
  readonly stripe: string
  readonly row: number
  readonly class: 'data' | 'metadata'
  readonly record: string
  /** Of the file. */
  readonly bytes: number
  /** Without the header: what the owner counts, too. */
  readonly payloadBytes: number
}

/** Names of the fragments in a bucket, sorted by stripe and row. */
export function bucketNames(disk: Disk, folder: BytePath): { stripe: string; row: number }[] {
  const names = ignoring(['ENOENT'], () => disk.list(folder)) ?? []
  const ids = names.map(parseFragmentName).filter((id) => id !== null)
  if (ids.length > BUCKET_FRAGMENTS_MAX) throw bucketFull(ids.length)
  return ids.sort((a, b) => (a.stripe === b.stripe ? a.row - b.row : a.stripe < b.stripe ? -1 : 1))
}

function bucketFull(count: number): DatisError {
  return new DatisError('INVENTORY_TOO_LARGE', 'A host keeps more fragments than it can list.', { count })
}

/** What the headers in one bucket say; a fragment whose header does not read is not listed: it is missing. */
export const listBucketJob = defineJob(
  import.meta.url,
  'listBucketJob',
  ({ disk }, input: { readonly folder: BytePath; readonly owner: Owner }): readonly BucketEntry[] =>
    bucketNames(disk, input.folder)
      .map((id) =>
        bucketEntry(disk, joinPath(input.folder, fragmentName(id.stripe, id.row)), { ...id, owner: input.owner }),
      )
      .filter((entry) => entry !== null),
)

function bucketEntry(
  disk: Disk,
  path: BytePath,
  { stripe, row, owner }: { stripe: string; row: number; owner: Owner },
): BucketEntry | null {
  try {
    const bytes = readHeaderBytes(disk, path)
    const header = parseFragmentHeader(bytes)
    const record = verifyStripeRecord(header.record, owner, stripe)
    const length = disk.stat(path).bytes
    const { class: packClass, fragmentBytes: payloadBytes } = record
    if (header.row !== row || length !== bytes.byteLength + payloadBytes) return null
    return { stripe, row, class: packClass, record: recordHash(header.record), bytes: length, payloadBytes }
  } catch (error) {
    if (error instanceof DatisError || codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Small files of a host (keyrings, statements, state), off the thread of the sockets. */
export const writeFileJob = defineJob(
  import.meta.url,
  'writeFileJob',
  ({ disk }, input: { readonly folder: BytePath; readonly name: string; readonly bytes: Uint8Array }): null => {
    ensureFolder(disk, input.folder)
    writeDurably(disk, input.folder, input.name, input.bytes)
    return null
  },
)

/** Never overwrites: false when there is a file of that name with other bytes. */
export const writeOnceJob = defineJob(
  import.meta.url,
  'writeOnceJob',
  ({ disk }, input: { readonly folder: BytePath; readonly name: string; readonly bytes: Uint8Array }): boolean => {
    ensureFolder(disk, input.folder)
    const path = joinPath(input.folder, input.name)
    const there = ignoring(['ENOENT'], () => readWhole(disk, path, Math.max(1, input.bytes.byteLength)))
    if (there === undefined) writeDurably(disk, input.folder, input.name, input.bytes)
    else disk.syncFolder(input.folder)
    return there === undefined || bytesEqual(there, input.bytes)
  },
)
