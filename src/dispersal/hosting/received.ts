/**
 * When each fragment and head of an owner came, in lived time: `received/<2 hex>.cbor`, `received/heads.cbor`. Kept
 * late and lost without harm: what is not known counts as long ago, for the brake as for a condemnation.
 */
import { z } from 'zod'
import type { BytePath, Disk, Log, Workers } from '#base'
import { CODE_FRAGMENTS_MAX } from '#coding'
import { count, hexBytes } from '#crypto'
import { type CheckedFormat, encodeChecked, readChecked } from '../checked-file.ts'
import { fragmentName } from '../fragment-file.ts'
import { BUCKET_FRAGMENTS_MAX, INVENTORY_BUCKETS } from '../limits.ts'
import type { FragmentId } from '../protocol.ts'
import { writeFileJob } from './fragment-jobs.ts'
import type { LivedTime } from './lived-time.ts'

const HEADS_NOTED_MAX = 10_000
const HEADS_FILE = 'heads.cbor'
const counter = hexBytes(16)

const bucketSchema = z.strictObject({
  format: z.literal(1),
  counter,
  /** Stripe, row, lived ms, epoch of the key that put it. */
  entries: z
    .array(z.tuple([hexBytes(32), count(0, CODE_FRAGMENTS_MAX - 1), count(), count()]))
    .max(2 * BUCKET_FRAGMENTS_MAX),
})
const headsSchema = z.strictObject({
  format: z.literal(1),
  counter,
  /** Number, hash, lived ms. */
  heads: z.array(z.tuple([count(1), hexBytes(32), count()])).max(HEADS_NOTED_MAX),
})

const BUCKET: CheckedFormat<typeof bucketSchema> = {
  what: 'received fragments',
  schema: bucketSchema,
  bytesMax: 16 * 1024 * 1024,
}
const HEADS: CheckedFormat<typeof headsSchema> = {
  what: 'received heads',
  schema: headsSchema,
  bytesMax: 8 * 1024 * 1024,
}

interface Note {
  readonly stripe: string
  readonly row: number
  readonly at: number
  readonly epoch: number
}

type Bucket = Map<string, Note>

interface DirtyBucket {
  readonly notes: Bucket
  /** So that what is noted while it is written is not taken for written. */
  changes: number
}

export interface ReceivedDeps {
  readonly disk: Disk
  readonly workers: Workers
  readonly log: Log
  readonly lived: LivedTime
}

export class Received {
  readonly #deps: ReceivedDeps
  readonly #folder: BytePath
  /** Buckets with notes that are not on the disk yet. */
  readonly #dirty = new Map<number, DirtyBucket>()
  /** Questions come bucket by bucket. */
  #looked: { readonly prefix: number; readonly bucket: Bucket } | null = null

  constructor(deps: ReceivedDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
  }

  /** A fragment that came in place of a damaged copy is as old as that: `again`. */
  note({ stripe, row }: FragmentId, epoch: number, again: boolean): void {
    if (again) return
    const note = { stripe, row, at: this.#deps.lived.now(), epoch }
    this.#dirtied(prefixOf(stripe)).set(fragmentName(stripe, row), note)
  }

  forget({ stripe, row }: FragmentId): void {
    this.#dirtied(prefixOf(stripe)).delete(fragmentName(stripe, row))
  }

  /** Lived ms; null when it is not known. */
  at({ stripe, row }: FragmentId): number | null {
    return this.#bucket(prefixOf(stripe)).get(fragmentName(stripe, row))?.at ?? null
  }

  /** Fragments that came after `from` and not after `until`, under a key of that epoch or an earlier one. */
  between(from: number, until: number, epoch: number): FragmentId[] {
    const found: FragmentId[] = []
    for (let prefix = 0; prefix < INVENTORY_BUCKETS; prefix++) {
      for (const note of this.#bucket(prefix).values()) {
        if (note.at > from && note.at <= until && note.epoch <= epoch)
          found.push({ stripe: note.stripe, row: note.row })
      }
    }
    return found
  }

  #bucket(prefix: number): Bucket {
    const dirty = this.#dirty.get(prefix)?.notes
    if (dirty !== undefined) return dirty
    if (this.#looked?.prefix !== prefix) this.#looked = { prefix, bucket: this.#load(prefix) }
    return this.#looked.bucket
  }

  #dirtied(prefix: number): Bucket {
    const dirty = this.#dirty.get(prefix) ?? { notes: this.#bucket(prefix), changes: 0 }
    dirty.changes++
    this.#dirty.set(prefix, dirty)
    return dirty.notes
  }

  #load(prefix: number): Bucket {
    const found = readChecked(this.#deps.disk, this.#folder, bucketName(prefix), BUCKET)
    if (found !== null && 'damaged' in found) this.#noteDamaged(bucketName(prefix), found.damaged)
    if (found === null || !('value' in found) || found.value.counter !== this.#deps.lived.counter) return new Map()
    return new Map(
      found.value.entries.map(([stripe, row, at, epoch]) => [fragmentName(stripe, row), { stripe, row, at, epoch }]),
    )
  }

  #noteDamaged(name: string, code: string): void {
    this.#deps.log.error('hosted.received.damaged', { name, code })
  }

  /** The counter is kept first: after a crash nothing that comes later is noted as earlier than this. */
  async flush(): Promise<void> {
    if (this.#dirty.size === 0) return
    this.#deps.lived.persist()
    for (const [prefix, dirty] of [...this.#dirty]) {
      const { changes } = dirty
      const entries = [...dirty.notes.values()].map(noteEntry)
      const bytes = encodeChecked(BUCKET, { format: 1, counter: this.#deps.lived.counter, entries })
      await this.#deps.workers.run(writeFileJob, { folder: this.#folder, name: bucketName(prefix), bytes })
      if (dirty.changes === changes) this.#dirty.delete(prefix)
    }
  }

  // --- heads

  #heads(): z.output<typeof headsSchema>['heads'] {
    const found = readChecked(this.#deps.disk, this.#folder, HEADS_FILE, HEADS)
    if (found !== null && 'damaged' in found) this.#noteDamaged(HEADS_FILE, found.damaged)
    return found !== null && 'value' in found && found.value.counter === this.#deps.lived.counter
      ? found.value.heads
      : []
  }

  /** Before a head is signed for: so fragments that come afterwards are known to be later. */
  async noteHeads(heads: readonly { readonly number: number; readonly hash: string }[]): Promise<void> {
    const known = this.#heads()
    const fresh = heads.filter(({ hash }) => !known.some(([, one]) => one === hash))
    if (fresh.length === 0) return
    this.#deps.lived.persist()
    const at = this.#deps.lived.now()
    const all = [...known, ...fresh.map(({ number, hash }): [number, string, number] => [number, hash, at])]
    const bytes = encodeChecked(HEADS, {
      format: 1,
      counter: this.#deps.lived.counter,
      heads: all.slice(-HEADS_NOTED_MAX),
    })
    await this.#deps.workers.run(writeFileJob, { folder: this.#folder, name: HEADS_FILE, bytes })
  }

  headAt(number: number, hash: string): number | null {
    return this.#heads().find((head) => head[0] === number && head[1] === hash)?.[2] ?? null
  }
}

function noteEntry({ stripe, row, at, epoch }: Note): [string, number, number, number] {
  return [stripe, row, at, epoch]
}

function bucketName(prefix: number): string {
  return `${prefix.toString(16).padStart(2, '0')}.cbor`
}

function prefixOf(stripe: string): number {
  return Number.parseInt(stripe.slice(0, 2), 16)
}
