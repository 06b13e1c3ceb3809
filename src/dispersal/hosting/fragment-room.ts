/** The fragments of one owner on one host: taken, served, verified, listed; never overwritten, never deleted. */
import { type BytePath, type Clock, DatisError, type Disk, joinPath, type Log, toHex, utf8, type Workers } from '#base'
import { encodeFragmentReceipt, type Signed, sha256 } from '#crypto'
import { fragmentName } from '../fragment-file.ts'
import { digestOf } from '../inventory.ts'
import { INVENTORY_BUCKETS, INVENTORY_PAGE_MAX, OWNER_QUEUE_MAX, VERIFY_PAGE_MAX } from '../limits.ts'
import { NamedMutexes } from '../mutex.ts'
import type { FragmentId, Inventory, InventoryPage, VerifyAnswer } from '../protocol.ts'
import { type Owner, type Signer, sign } from '../statements.ts'
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
  readonly sums: Inventory['buckets']
}

export class FragmentRoom {
  readonly #deps: Deps
  readonly #host: { store: string; signer: () => Signer }
  readonly #folder: BytePath
  readonly #owner: Owner
  readonly #mutexes = new NamedMutexes(OWNER_QUEUE_MAX)
  readonly #buckets = new Map<number, Bucket>()

  constructor(
    deps: Deps,
    host: { store: string; signer: () => Signer },
    { folder, owner }: { folder: BytePath; owner: Owner },
  ) {
    this.#deps = deps
    this.#host = host
    this.#folder = folder
    this.#owner = owner
  }

  async put({ stripe, row }: FragmentId, bytes: Uint8Array, signal: AbortSignal): Promise<Signed> {
    return await this.#mutexes.run(fragmentName(stripe, row), async () => {
      const signer = this.#host.signer()
      const input = { folder: this.#folder, owner: this.#owner, stripe, row, host: signer.box, bytes }
      const stored = await this.#deps.workers.run(storeFragmentJob, input, { signal })
      this.#buckets.delete(prefixOf(stripe))
      if (stored.outcome === 'conflict') throw this.#conflict(stripe, row)
      if (stored.damagedAs !== null) this.#logDamaged(stripe, row)
      return this.#receipt(signer, { stripe, row, root: stored.root })
    })
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
    for (const { stripe, row } of page) {
      const { state } = await this.#mutexes.run(fragmentName(stripe, row), () =>
        this.#deps.workers.run(
          verifyFragmentJob,
          { folder: this.#folder, owner: this.#owner, stripe, row },
          { signal },
        ),
      )
      if (state === 'good') continue
      missing.push({ stripe, row })
      this.#buckets.delete(prefixOf(stripe))
      if (state === 'damaged') this.#logDamaged(stripe, row)
    }
    const next = fragments === null && page.length === VERIFY_PAGE_MAX ? (page.at(-1) ?? null) : null
    return { format: 1, good: page.length - missing.length, missing, next }
  }

  #namesAfter(after: FragmentId | null): FragmentId[] {
    const found: FragmentId[] = []
    for (let prefix = after === null ? 0 : prefixOf(after.stripe); prefix < INVENTORY_BUCKETS; prefix++) {
      const names = bucketNames(this.#deps.disk, this.#bucketFolder(prefix))
      found.push(...names.filter((id) => after === null || isAfter(id, after)))
      if (found.length >= VERIFY_PAGE_MAX) return found.slice(0, VERIFY_PAGE_MAX)
    }
    return found
  }

  /** Digests a bucket and class; equal digests on both sides end the comparison. */
  async inventory(signal: AbortSignal): Promise<Inventory> {
    const buckets: Inventory['buckets'] = []
    for (let prefix = 0; prefix < INVENTORY_BUCKETS; prefix++)
      buckets.push(...(await this.#bucket(prefix, signal)).sums)
    return { format: 1, buckets }
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
    const bucket = { names: hash, sums: sumsOf(prefix, entries) }
    this.#buckets.set(prefix, bucket)
    return bucket
  }

  #list(prefix: number, signal: AbortSignal): Promise<readonly BucketEntry[]> {
    const input = { folder: this.#bucketFolder(prefix), owner: this.#owner }
    return this.#deps.workers.run(listBucketJob, input, { signal })
  }

  async page(
    { class: packClass, prefix, after }: { class: 'data' | 'metadata'; prefix: number; after: FragmentId | null },
    signal: AbortSignal,
  ): Promise<InventoryPage> {
    const all = (await this.#list(prefix, signal)).filter((entry) => entry.class === packClass)
    const rest = after === null ? all : all.filter((entry) => isAfter(entry, after))
    const entries = rest.slice(0, INVENTORY_PAGE_MAX).map(({ stripe, row, record }) => ({ stripe, row, record }))
    return { format: 1, entries, more: rest.length > entries.length }
  }

  #bucketFolder(prefix: number): BytePath {
    return joinPath(this.#folder, prefix.toString(16).padStart(2, '0'))
  }
}

function sumsOf(prefix: number, entries: readonly BucketEntry[]): Inventory['buckets'] {
  return (['data', 'metadata'] as const).flatMap((packClass) => {
    const own = entries.filter((entry) => entry.class === packClass)
    if (own.length === 0) return []
    const bytes = own.reduce((sum, entry) => sum + entry.bytes, 0)
    return [{ class: packClass, prefix, count: own.length, bytes, digest: digestOf(own) }]
  })
}

function prefixOf(stripe: string): number {
  return Number.parseInt(stripe.slice(0, 2), 16)
}

function isAfter(id: FragmentId, after: FragmentId): boolean {
  return id.stripe > after.stripe || (id.stripe === after.stripe && id.row > after.row)
}
