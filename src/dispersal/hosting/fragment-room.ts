/** The fragments of one owner on one host: taken, served, verified, listed; never overwritten. Forgotten: release-room.ts */
import {
  type BytePath,
  type Clock,
  DatisError,
  type Disk,
  ignoring,
  joinPath,
  type Log,
  toHex,
  utf8,
  type Workers,
} from '#base'
import { encodeFragmentReceipt, type Signed, sha256 } from '#crypto'
import { fragmentName } from '../fragment-file.ts'
import { digestOf } from '../inventory.ts'
import { INVENTORY_PAGE_MAX, OWNER_QUEUE_MAX, ROT_LIST_MAX, VERIFY_PAGE_MAX } from '../limits.ts'
import { NamedMutexes } from '../mutex.ts'
import type { FragmentId, Inventory, InventoryEntry, InventoryPage, VerifyAnswer } from '../protocol.ts'
import { type Owner, type Signer, sign } from '../statements.ts'
import type { ByClass } from './brake.ts'
import {
  type BucketEntry,
  bucketNames,
  listBucketJob,
  readFragmentJob,
  storeFragmentJob,
  verifyFragmentJob,
} from './fragment-jobs.ts'

interface Deps {
  readonly disk: Disk
  readonly clock: Clock
  readonly workers: Workers
  readonly log: Log
}

interface Bucket {
  /** Of the names in the folder: a file that came or went behind our back makes the rest stale. */
  readonly names: string
  /** Of what is held. */
  readonly sums: Inventory['buckets']
  /** With what is released and still there. */
  readonly present: ByClass
  readonly kept: Kept
}

/** Fragments of one class, and their bytes without headers. */
export interface KeptOfClass {
  readonly fragments: number
  readonly bytes: number
  readonly releasedFragments: number
  readonly releasedBytes: number
}

export type Kept = Readonly<Record<'data' | 'metadata', KeptOfClass>>

const NONE_KEPT: KeptOfClass = { fragments: 0, bytes: 0, releasedFragments: 0, releasedBytes: 0 }

/** What else a host keeps of the owner's fragments. */
export interface FragmentRules {
  /** Released fragments are there for a while, but held no more: no inventory names them. */
  isReleased(id: FragmentId): boolean
  /** A fragment that is put is held again. */
  revive(id: FragmentId): Promise<void>
  /** Room for so many bytes until disposed of. NO_SPACE, QUOTA_REFUSED */
  reserve(bytes: number): Disposable
  /** It lies on the disk now; `again`: in place of a damaged copy. */
  stored(id: FragmentId, about: { bytes: number; epoch: number; again: boolean }): void
}

export class FragmentRoom {
  readonly #deps: Deps
  readonly #host: { store: string; signer: () => Signer }
  readonly #folder: BytePath
  readonly #owner: Owner
  readonly #mutexes = new NamedMutexes(OWNER_QUEUE_MAX)
  readonly #buckets = new Map<number, Bucket>()
  readonly #rules: FragmentRules
  /** Names of fragments that were found damaged and have not come again. */
  readonly #rot = new Map<string, FragmentId>()

  constructor(
    deps: Deps,
    host: { store: string; signer: () => Signer },
    { folder, owner, rules }: { folder: BytePath; owner: Owner; rules: FragmentRules },
  ) {
    this.#rules = rules
    this.#deps = deps
    this.#host = host
    this.#folder = folder
    this.#owner = owner
  }

  /** `epoch`: of the key that puts it. */
  async put({ stripe, row }: FragmentId, bytes: Uint8Array, epoch: number, signal: AbortSignal): Promise<Signed> {
    return await this.#mutexes.run(fragmentName(stripe, row), async () => {
      const signer = this.#host.signer()
      await this.#rules.revive({ stripe, row })
      using _room = this.#isThere({ stripe, row }) ? null : this.#rules.reserve(bytes.byteLength)
      const length = bytes.byteLength
      const input = { folder: this.#folder, owner: this.#owner, stripe, row, host: signer.box, bytes }
      const stored = await this.#deps.workers.run(storeFragmentJob, input, { signal })
      this.forget(stripe)
      if (stored.outcome === 'conflict') throw this.#conflict(stripe, row)
      if (stored.damagedAs !== null) this.#logDamaged(stripe, row)
      const again = stored.damagedAs !== null || this.#rot.delete(fragmentName(stripe, row))
      if (stored.outcome === 'stored') this.#rules.stored({ stripe, row }, { bytes: length, epoch, again })
      return this.#receipt(signer, { stripe, row, root: stored.root })
    })
  }

  #isThere({ stripe, row }: FragmentId): boolean {
    const path = joinPath(this.#bucketFolder(prefixOf(stripe)), fragmentName(stripe, row))
    return ignoring(['ENOENT', 'ENOTDIR'], () => this.#deps.disk.stat(path)) !== undefined
  }

  /** What is known of the bucket of this stripe is stale. */
  forget(stripe: string): void {
    this.#buckets.delete(prefixOf(stripe))
  }

  /** Damaged copies that were found, of which no good one has come since. */
  get rot(): FragmentId[] {
    return [...this.#rot.values()].slice(0, ROT_LIST_MAX)
  }

  noteRot(fragments: readonly FragmentId[]): void {
    for (const id of fragments) this.#rot.set(fragmentName(id.stripe, id.row), id)
  }

  #conflict(stripe: string, row: number): DatisError {
    this.#deps.log.error('hosted.fragment.conflict', { owner: this.#owner.box, stripe, row })
    return new DatisError('FRAGMENT_CONFLICT', 'This host keeps another fragment under this name, and will keep it.', {
      stripe,
      row,
    })
  }

  #logDamaged(stripe: string, row: number): void {
    this.#deps.log.error('hosted.fragment.damaged', { owner: this.#owner.box, stripe, row })
  }

  #receipt(signer: Signer, { stripe, row, root }: FragmentId & { root: string }): Signed {
    const body = encodeFragmentReceipt({
      format: 1,
      owner: this.#owner.box,
      stripe,
      row,
      root,
      host: signer.box,
      store: this.#host.store,
      at: Math.floor(this.#deps.clock.wall()),
    })
    return sign(signer, 'fragment-receipt', body)
  }

  async get({ stripe, row }: FragmentId, headerOnly: boolean, signal: AbortSignal): Promise<Uint8Array> {
    const input = { folder: this.#folder, owner: this.#owner, stripe, row, headerOnly }
    return (await this.#deps.workers.run(readFragmentJob, input, { signal })).bytes
  }

  /** Reads fragments again: those named, or the next page of all behind `after`. */
  async verify(
    fragments: readonly FragmentId[] | null,
    after: FragmentId | null,
    signal: AbortSignal,
  ): Promise<VerifyAnswer> {
    const page = fragments ?? this.#namesAfter(after)
    const missing: FragmentId[] = []
    let good = 0
    for (const { stripe, row } of page) {
      if (this.#rules.isReleased({ stripe, row })) {
        if (fragments !== null) missing.push({ stripe, row })
        continue
      }
      const { state } = await this.#mutexes.run(fragmentName(stripe, row), () =>
        this.#deps.workers.run(
          verifyFragmentJob,
          { folder: this.#folder, owner: this.#owner, stripe, row },
          { signal },
        ),
      )
      if (state === 'good') {
        good++
        continue
      }
      missing.push({ stripe, row })
      this.forget(stripe)
      if (state !== 'damaged') continue
      this.#logDamaged(stripe, row)
      this.noteRot([{ stripe, row }])
    }
    const next = fragments === null && page.length === VERIFY_PAGE_MAX ? (page.at(-1) ?? null) : null
    return { format: 1, good, missing, next }
  }

  #namesAfter(after: FragmentId | null): FragmentId[] {
    const found: FragmentId[] = []
    const from = after === null ? 0 : prefixOf(after.stripe)
    for (const prefix of this.#prefixes().filter((one) => one >= from)) {
      const names = bucketNames(this.#deps.disk, this.#bucketFolder(prefix))
      found.push(...names.filter((id) => after === null || isAfter(id, after)))
      if (found.length >= VERIFY_PAGE_MAX) return found.slice(0, VERIFY_PAGE_MAX)
    }
    return found
  }

  /** Digests a bucket and class; equal digests on both sides end the comparison. */
  async inventory(signal: AbortSignal): Promise<Inventory> {
    const buckets: Inventory['buckets'] = []
    for (const prefix of this.#prefixes()) buckets.push(...(await this.#bucket(prefix, signal)).sums)
    return { format: 1, buckets }
  }

  /** Of the buckets that there are, rising. */
  #prefixes(): number[] {
    const names = ignoring(['ENOENT'], () => this.#deps.disk.list(this.#folder)) ?? []
    const prefixes = names.filter((name) => /^[0-9a-f]{2}$/.test(name)).map((name) => Number.parseInt(name, 16))
    return prefixes.sort((a, b) => a - b)
  }

  async totals(): Promise<{ fragments: number; bytes: number }> {
    const { buckets } = await this.inventory(new AbortController().signal)
    return buckets.reduce((sum, { count, bytes }) => ({ fragments: sum.fragments + count, bytes: sum.bytes + bytes }), {
      fragments: 0,
      bytes: 0,
    })
  }

  async #bucket(prefix: number, signal: AbortSignal): Promise<Bucket> {
    const names = bucketNames(this.#deps.disk, this.#bucketFolder(prefix)).map(({ stripe, row }) =>
      fragmentName(stripe, row),
    )
    const hash = toHex(sha256(utf8(names.join('\n'))))
    const known = this.#buckets.get(prefix)
    if (known?.names === hash) return known
    const entries = names.length === 0 ? [] : await this.#list(prefix, signal)
    const held = entries.filter((entry) => !this.#rules.isReleased(entry))
    const kept = keptOf(entries, (entry) => this.#rules.isReleased(entry))
    const bucket = { names: hash, sums: sumsOf(prefix, held), present: presentOf(entries), kept }
    this.#buckets.set(prefix, bucket)
    return bucket
  }

  /** Bytes on the disk by class, whether released or not. */
  async present(): Promise<ByClass> {
    const sums = { data: 0, metadata: 0 }
    for (const prefix of this.#prefixes()) {
      const { present } = await this.#bucket(prefix, new AbortController().signal)
      sums.data += present.data
      sums.metadata += present.metadata
    }
    return sums
  }

  /** By class, as the owner counts them. */
  async kept(): Promise<Kept> {
    let sums: Kept = { data: NONE_KEPT, metadata: NONE_KEPT }
    for (const prefix of this.#prefixes()) {
      const { kept } = await this.#bucket(prefix, new AbortController().signal)
      sums = { data: together(sums.data, kept.data), metadata: together(sums.metadata, kept.metadata) }
    }
    return sums
  }

  #list(prefix: number, signal: AbortSignal): Promise<readonly BucketEntry[]> {
    const input = { folder: this.#bucketFolder(prefix), owner: this.#owner }
    return this.#deps.workers.run(listBucketJob, input, { signal })
  }

  async page(
    { class: packClass, prefix, after }: { class: 'data' | 'metadata'; prefix: number; after: FragmentId | null },
    signal: AbortSignal,
  ): Promise<InventoryPage> {
    const all = (await this.#list(prefix, signal))
      .filter((entry) => entry.class === packClass)
      .filter((entry) => !this.#rules.isReleased(entry))
    const rest = after === null ? all : all.filter((entry) => isAfter(entry, after))
    const entries = rest.slice(0, INVENTORY_PAGE_MAX).map(shown)
    return { format: 1, entries, more: rest.length > entries.length }
  }

  #bucketFolder(prefix: number): BytePath {
    return joinPath(this.#folder, prefix.toString(16).padStart(2, '0'))
  }
}

function shown({ stripe, row, record, payloadBytes: bytes }: BucketEntry): InventoryEntry {
  return { stripe, row, record, bytes }
}

function sumsOf(prefix: number, entries: readonly BucketEntry[]): Inventory['buckets'] {
  return (['data', 'metadata'] as const).flatMap((packClass) => {
    const own = entries.filter((entry) => entry.class === packClass)
    if (own.length === 0) return []
    const bytes = own.reduce((sum, entry) => sum + entry.bytes, 0)
    return [{ class: packClass, prefix, count: own.length, bytes, digest: digestOf(own) }]
  })
}

function presentOf(entries: readonly BucketEntry[]): ByClass {
  const sums = { data: 0, metadata: 0 }
  for (const entry of entries) sums[entry.class] += entry.bytes
  return sums
}

function keptOf(entries: readonly BucketEntry[], isReleased: (id: FragmentId) => boolean): Kept {
  const sums = { data: NONE_KEPT, metadata: NONE_KEPT }
  for (const entry of entries) {
    const { payloadBytes: bytes } = entry
    const one = isReleased(entry)
      ? { ...NONE_KEPT, releasedFragments: 1, releasedBytes: bytes }
      : { ...NONE_KEPT, fragments: 1, bytes }
    sums[entry.class] = together(sums[entry.class], one)
  }
  return sums
}

function together(a: KeptOfClass, b: KeptOfClass): KeptOfClass {
  return {
    fragments: a.fragments + b.fragments,
    bytes: a.bytes + b.bytes,
    releasedFragments: a.releasedFragments + b.releasedFragments,
    releasedBytes: a.releasedBytes + b.releasedBytes,
  }
}

function prefixOf(stripe: string): number {
  return Number.parseInt(stripe.slice(0, 2), 16)
}

function isAfter(id: FragmentId, after: FragmentId): boolean {
  return id.stripe > after.stripe || (id.stripe === after.stripe && id.row > after.row)
}
