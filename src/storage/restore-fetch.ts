/** Packs that are not on the local disk: fetched ahead of their turn, the last few kept for the next batch. */
import { MiB, release } from '#base'
import type { FetchPack, PackId } from './types.ts'

/** Packs asked for before the jobs come to them: each costs about three times its length until it is rebuilt. */
const AHEAD_MAX = 2
const KEPT_BYTES_MAX = 32 * MiB

type Fetched = { readonly bytes: Uint8Array } | { readonly error: unknown }

export class PackFetcher {
  readonly #fetch: FetchPack
  readonly #signal: AbortSignal
  readonly #running = new Map<PackId, Promise<Fetched>>()
  /** Insertion order is the order of use. */
  readonly #kept = new Map<PackId, Uint8Array>()
  #keptBytes = 0
  #wanted: PackId[] = []

  constructor(fetch: FetchPack, signal: AbortSignal) {
    this.#fetch = fetch
    this.#signal = signal
  }

  /** The packs that `get` will be asked for, in that order. */
  plan(packs: readonly PackId[]): void {
    this.#wanted = packs.filter((pack) => !this.#kept.has(pack))
    this.#startAhead()
  }

  /** Lends the bytes: whoever is done with them gives them back by `keep`. */
  async get(pack: PackId): Promise<Uint8Array> {
    const kept = this.#kept.get(pack)
    if (kept) {
      this.#kept.delete(pack)
      this.#keptBytes -= kept.byteLength
      return kept
    }
    this.#wanted = this.#wanted.filter((other) => other !== pack)
    const running = this.#running.get(pack) ?? this.#start(pack)
    const fetched = await running
    this.#running.delete(pack)
    this.#startAhead()
    if ('error' in fetched) throw fetched.error
    return fetched.bytes
  }

  #startAhead(): void {
    while (this.#running.size < AHEAD_MAX) {
      const next = this.#wanted.shift()
      if (next === undefined) return
      if (!this.#running.has(next)) this.#start(next)
    }
  }

  #start(pack: PackId): Promise<Fetched> {
    const running = this.#fetch(pack, this.#signal).then(
      (bytes): Fetched => ({ bytes }),
      (error: unknown): Fetched => ({ error }),
    )
    this.#running.set(pack, running)
    return running
  }

  keep(pack: PackId, bytes: Uint8Array): void {
    this.#kept.set(pack, bytes)
    this.#keptBytes += bytes.byteLength
    for (const [oldest, other] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES_MAX || this.#kept.size === 1) return
      this.#kept.delete(oldest)
      this.#keptBytes -= other.byteLength
      release(other)
    }
  }
}
