/**
 * Packs that are not on the local disk: fetched ahead of their turn, then kept in the vault's tmp/, so that a box of
 * little memory need not fetch them again for the next batch.
 */
import {
  type BytePath,
  codeOf,
  type Disk,
  defineJob,
  GiB,
  type JobWorld,
  MiB,
  parentOf,
  release,
  transferring,
  type Workers,
} from '#base'
import { removeQuietly } from './pack-files.ts'
import type { FetchPack, PackId } from './types.ts'

/** Fetches that run before the jobs come to their packs, besides those that jobs wait for: each costs three packs of memory. */
const AHEAD_MAX = 1
const KEPT_BYTES_MAX = 256 * MiB
/** Only a disk with so much room takes them: the last of it is for what is restored. */
const FREE_BYTES_MIN = 2 * GiB
/** Without room on the disk. */
const KEPT_IN_MEMORY_BYTES_MAX = 32 * MiB

export type PackInput = { readonly path: BytePath; readonly bytes?: undefined } | { readonly bytes: Uint8Array }

export interface FetcherDeps {
  readonly disk: Disk
  readonly workers: Workers
  readonly fetch: FetchPack
  /** Where a pack may be kept: in a folder that is emptied when the vault is next opened. */
  keptPath(pack: PackId): BytePath
}

type Fetched = Kept | { readonly error: unknown }

interface Kept {
  readonly input: PackInput
  readonly length: number
}

export class PackFetcher implements AsyncDisposable {
  readonly #deps: FetcherDeps
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #running = new Map<PackId, Promise<Fetched>>()
  /** Insertion order is the order of use. */
  readonly #kept = new Map<PackId, Kept>()
  readonly #lent = new Map<PackId, Kept>()
  #wanted: PackId[] = []

  constructor(deps: FetcherDeps, signal: AbortSignal) {
    this.#deps = deps
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
  }

  /** The packs that `get` will be asked for, in that order. */
  plan(packs: readonly PackId[]): void {
    this.#wanted = packs.filter((pack) => !this.#kept.has(pack))
    this.#startAhead()
  }

  /** Lends the pack: whoever is done with it gives it back. */
  async get(pack: PackId): Promise<PackInput> {
    const kept = this.#kept.get(pack) ?? (await this.#fetched(pack))
    this.#kept.delete(pack)
    this.#lent.set(pack, kept)
    return kept.input
  }

  async #fetched(pack: PackId): Promise<Kept> {
    this.#wanted = this.#wanted.filter((other) => other !== pack)
    const fetched = await (this.#running.get(pack) ?? this.#start(pack))
    this.#running.delete(pack)
    this.#startAhead()
    if ('error' in fetched) throw fetched.error
    return fetched
  }

  /** `bytes`: those that were lent, as they come back from a job. */
  giveBack(pack: PackId, bytes: Uint8Array | null): void {
    const lent = this.#lent.get(pack)
    this.#lent.delete(pack)
    if (!lent) return
    this.#kept.set(pack, bytes === null ? lent : { input: { bytes }, length: bytes.byteLength })
    this.#dropOldest()
  }

  #dropOldest(): void {
    let inMemory = 0
    let onDisk = 0
    for (const { input, length } of this.#kept.values()) {
      if (input.bytes) inMemory += length
      else onDisk += length
    }
    for (const [pack, { input, length }] of this.#kept) {
      if (input.bytes ? inMemory <= KEPT_IN_MEMORY_BYTES_MAX : onDisk <= KEPT_BYTES_MAX) continue
      if (input.bytes) inMemory -= length
      else onDisk -= length
      this.#drop(pack, input)
    }
  }

  #drop(pack: PackId, input: PackInput): void {
    this.#kept.delete(pack)
    if (input.bytes) release(input.bytes)
    else removeQuietly(this.#deps.disk, input.path)
  }

  #startAhead(): void {
    while (this.#running.size < AHEAD_MAX) {
      const next = this.#wanted.shift()
      if (next === undefined) return
      if (!this.#running.has(next)) this.#start(next)
    }
  }

  #start(pack: PackId): Promise<Fetched> {
    const running = this.#fetchAndKeep(pack).catch((error: unknown): Fetched => ({ error }))
    this.#running.set(pack, running)
    return running
  }

  async #fetchAndKeep(pack: PackId): Promise<Kept> {
    const { disk, workers, fetch } = this.#deps
    const bytes = await fetch(pack, this.#signal)
    const length = bytes.byteLength
    const path = this.#deps.keptPath(pack)
    if (disk.space(parentOf(path)).freeBytes < FREE_BYTES_MIN) return { input: { bytes }, length }
    const transfer = bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []
    const back = await workers.run(keepPackJob, { path, bytes }, { signal: this.#signal, transfer })
    return { input: back === null ? { path } : back, length }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    for (const fetched of await Promise.all(this.#running.values())) {
      if ('input' in fetched && !fetched.input.bytes) removeQuietly(this.#deps.disk, fetched.input.path)
    }
    for (const [pack, { input }] of [...this.#kept, ...this.#lent]) this.#drop(pack, input)
  }
}

interface KeepInput {
  readonly path: BytePath
  readonly bytes: Uint8Array
}

/** Not synced: after a crash it is worth nothing. What the disk does not take comes back. */
export const keepPackJob = defineJob(import.meta.url, 'keepPackJob', keepPack)

function keepPack({ disk }: JobWorld, { path, bytes }: KeepInput): { readonly bytes: Uint8Array } | null {
  try {
    using file = disk.open(path, 'create')
    file.write(bytes, 0)
  } catch (error) {
    if (codeOf(error) === 'UNEXPECTED') throw error
    removeQuietly(disk, path)
    return bytes.buffer instanceof ArrayBuffer ? transferring({ bytes }, [bytes.buffer]) : { bytes }
  }
  release(bytes)
  return null
}
