/** Which snapshots hosts alone bring back, when only some packs come back: trees are walked once, shared ones too. */
import { type Clock, toHex } from '#base'
import { unpackRefs } from './group.ts'
import type { IndexStore } from './index-store.ts'
import { Marks, SIDE } from './marks.ts'
import { parseChunkPage, parsePage } from './tree-format.ts'
import { rootEntryOf } from './tree-reader.ts'
import type { ChunkRef, PackId, SnapshotRecord } from './types.ts'
import { Pause } from './walk.ts'

export interface ComeBackStore {
  readonly index: IndexStore
  readTree(id: Uint8Array): Promise<Uint8Array>
}

export interface ComeBackOptions {
  /** Whether hosts bring this pack back, and with it what is needed to look into it. */
  readonly stands: (pack: PackId) => boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Somebody waits for it. */
  readonly msMax: number
}

/** How many of these come back; null when there was not the time to say. PACK_DAMAGED */
export async function countComingBack(
  store: ComeBackStore,
  snapshots: readonly SnapshotRecord[],
  options: ComeBackOptions,
): Promise<number | null> {
  const walk = new Walk(store, options)
  let count = 0
  for (const snapshot of snapshots) {
    const comes = await walk.snapshot(snapshot)
    if (comes === null) return null
    if (comes) count++
  }
  return count
}

class Walk {
  readonly #store: ComeBackStore
  readonly #options: ComeBackOptions
  readonly #pause: Pause
  readonly #until: number
  /** Chunks, and pages with all below them, that come back. */
  readonly #good = new Marks()
  /** Pages that do not, or something below them. */
  readonly #bad = new Set<string>()

  constructor(store: ComeBackStore, options: ComeBackOptions) {
    this.#store = store
    this.#options = options
    this.#pause = new Pause(options.clock, options.signal)
    this.#until = options.clock.monotonic() + options.msMax
  }

  /** Null: out of time. */
  async snapshot(snapshot: SnapshotRecord): Promise<boolean | null> {
    const { tree } = rootEntryOf(snapshot)
    if (snapshot.incomplete !== null && !this.#chunk(snapshot.incomplete)) return false
    return tree === null ? true : await this.#pages(tree, (id) => this.#tree(id))
  }

  async #pages(packed: Uint8Array, below: (id: Uint8Array) => Promise<boolean | null>): Promise<boolean | null> {
    for (const ref of unpackRefs(packed)) {
      const comes = await this.#page(ref, below)
      if (comes !== true) return comes
    }
    return true
  }

  async #page(ref: ChunkRef, below: (id: Uint8Array) => Promise<boolean | null>): Promise<boolean | null> {
    if (this.#good.has(ref.id)) return true
    const name = toHex(ref.id)
    if (this.#bad.has(name)) return false
    if (this.#options.clock.monotonic() > this.#until) return null
    if (this.#pause.due) await this.#pause.rest()
    const comes = this.#holds(ref.id) ? await below(ref.id) : false
    if (comes === true) this.#good.add(ref.id, SIDE.remote)
    else if (comes === false) this.#bad.add(name)
    return comes
  }

  async #tree(id: Uint8Array): Promise<boolean | null> {
    const page = parsePage(await this.#store.readTree(id))
    const below = (one: Uint8Array) => this.#tree(one)
    if ('pages' in page) {
      for (const { ref } of page.pages) {
        const comes = await this.#pages(ref, below)
        if (comes !== true) return comes
      }
      return true
    }
    for (const { tree, content } of page.entries) {
      const comes = (tree === null ? true : await this.#pages(tree, below)) && (await this.#content(content))
      if (comes !== true) return comes
    }
    return true
  }

  async #content(content: { chunks: Uint8Array } | { pages: Uint8Array } | null): Promise<boolean | null> {
    if (content === null) return true
    if ('chunks' in content) return this.#chunks(content.chunks)
    return await this.#pages(content.pages, async (id) => this.#chunks(parseChunkPage(await this.#store.readTree(id))))
  }

  #chunks(packed: Uint8Array): boolean {
    return unpackRefs(packed).every((ref) => this.#chunk(ref))
  }

  #chunk({ id }: ChunkRef): boolean {
    if (this.#good.has(id)) return true
    const holds = this.#holds(id)
    if (holds) this.#good.add(id, SIDE.remote)
    return holds
  }

  #holds(id: Uint8Array): boolean {
    const { stands } = this.#options
    return this.#store.index.holdersOf(id, stands).remote.some(stands)
  }
}
