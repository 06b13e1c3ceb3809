/** What hosts do on disk about releases, in worker threads. The one place of this program that removes a fragment. */
import { type BytePath, DatisError, type Disk, defineJob, ignoring, joinPath } from '#base'
import { readChecked } from '../checked-file.ts'
import { fragmentName, parseFragmentHeader } from '../fragment-file.ts'
import type { FragmentId } from '../protocol.ts'
import { type Owner, verifyStripeRecord } from '../statements.ts'
import { countedBytes } from './brake.ts'
import { bucketNames, readHeaderBytes } from './fragment-jobs.ts'
import { RELEASES, RELEASES_FILE, type ReleaseEntry } from './release-state.ts'

export interface FoundFragment extends FragmentId {
  readonly class: 'data' | 'metadata'
  readonly bytes: number
  /** What the brake takes them for. */
  readonly counted: number
}

/** All rows of these stripes that lie here; damaged ones are what their length and nothing else says: data. */
export const findStripesJob = defineJob(
  import.meta.url,
  'findStripesJob',
  (
    { disk },
    { folder, owner, stripes }: { folder: BytePath; owner: Owner; stripes: readonly string[] },
  ): FoundFragment[] => {
    const wanted = new Set(stripes)
    const buckets = new Set(stripes.map((stripe) => stripe.slice(0, 2)))
    return [...buckets].sort().flatMap((bucket) => {
      const path = joinPath(folder, bucket)
      return bucketNames(disk, path)
        .filter(({ stripe }) => wanted.has(stripe))
        .map((id) => ({ ...id, ...describe(disk, path, owner, id) }))
    })
  },
)

function describe(disk: Disk, folder: BytePath, owner: Owner, { stripe, row }: FragmentId) {
  const path = joinPath(folder, fragmentName(stripe, row))
  const { bytes } = disk.stat(path)
  try {
    const header = parseFragmentHeader(readHeaderBytes(disk, path))
    const record = verifyStripeRecord(header.record, owner, stripe)
    return { class: record.class, bytes, counted: countedBytes(bytes, record) }
  } catch (error) {
    // Rotten: the brake still counts its bytes, in the class that matters more.
    if (!(error instanceof DatisError)) throw error
    return { class: 'data' as const, bytes, counted: bytes }
  }
}

/** Removes fragments, and copies of them that were set aside. What is gone already is gone. */
export const removeFragmentsJob = defineJob(
  import.meta.url,
  'removeFragmentsJob',
  ({ disk }, { folder, ids }: { folder: BytePath; ids: readonly FragmentId[] }): null => {
    const byBucket = new Map<string, Set<string>>()
    for (const { stripe, row } of ids) {
      const names = byBucket.get(stripe.slice(0, 2)) ?? new Set()
      byBucket.set(stripe.slice(0, 2), names.add(fragmentName(stripe, row)))
    }
    for (const [bucket, names] of byBucket) removeIn(disk, joinPath(folder, bucket), names)
    return null
  },
)

/** What lies in the folder of an owner as released and not purged; nothing where that cannot be read. */
export function readReleases(disk: Disk, folder: BytePath): ReleaseEntry[] {
  const found = readChecked(disk, folder, RELEASES_FILE, RELEASES)
  return found === null || 'damaged' in found ? [] : found.value.entries.filter(({ purged }) => !purged)
}

const COPY = /\.damaged-[0-9]{1,3}$/

function removeIn(disk: Disk, folder: BytePath, names: ReadonlySet<string>): void {
  const there = ignoring(['ENOENT'], () => disk.list(folder))
  if (there === undefined) return
  for (const name of there) {
    if (names.has(name.replace(COPY, ''))) ignoring(['ENOENT'], () => disk.removeFile(joinPath(folder, name)))
  }
  disk.syncFolder(folder)
}

export const asideReleasesJob = defineJob(
  import.meta.url,
  'asideReleasesJob',
  ({ disk }, { folder, name }: { folder: BytePath; name: string }): null => {
    const taken = new Set<string>(disk.list(folder))
    let copy = 1
    while (taken.has(`${name}.damaged-${copy}`)) copy++
    disk.rename(joinPath(folder, name), joinPath(folder, `${name}.damaged-${copy}`))
    disk.syncFolder(folder)
    return null
  },
)
