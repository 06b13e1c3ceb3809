/** What the live snapshots of a vault need, counted by pack and side: the trees are walked once, shared ones too. */
import type { Clock } from '#base'
import { unpackRefs } from './group.ts'
import type { Holders, IndexStore } from './index-store.ts'
import { Marks, SIDE } from './marks.ts'
import type { TreePage } from './tree.ts'
import { parseChunkPage, parsePage } from './tree-format.ts'
import { rootEntryOf } from './tree-reader.ts'
import type { ChunkRef, PackId, SnapshotId, SnapshotRecord } from './types.ts'
import { Pause } from './walk.ts'

/** Bytes of chunks that are needed. */
export interface PackUsage {
  local: number
  remote: number
  /** On any side, of chunks that no newer pack has. */
  own: number
}

export interface UsageStore {
  readonly index: IndexStore
  readTree(id: Uint8Array): Promise<Uint8Array>
}

interface Step {
  readonly ref: ChunkRef
  readonly kind: 'page' | 'chunks'
  readonly sides: number
}

export class Usage {
  readonly packs = new Map<PackId, PackUsage>()
  /** Packs that hosts are to forget and that alone hold what is needed there. */
  readonly missed = new Set<PackId>()
  readonly #store: UsageStore
  readonly #stands: (pack: PackId) => boolean
  readonly #marks = new Marks()
  readonly #seen = new Map<SnapshotId, number>()

  /** `stands`: hosts have it, and with it what is needed to look into it. */
  constructor(store: UsageStore, stands: (pack: PackId) => boolean) {
    this.#store = store
    this.#stands = stands
  }

  /** Whether a snapshot needs it, and no newer pack has it. */
  isOwn(id: Uint8Array, pack: PackId): boolean {
    return this.#marks.has(id) && this.#holdersOf(id).remote[0] === pack
  }

  /** Whether all that this snapshot needs on these sides is counted. */
  has({ snapshot }: Pick<SnapshotRecord, 'snapshot'>, sides: number): boolean {
    return (sides & ~(this.#seen.get(snapshot) ?? 0)) === 0
  }

  /** PACK_DAMAGED, PACK_NOT_LOCAL, CHUNK_UNKNOWN: what cannot be read may lead to anything. */
  async mark(
    snapshot: SnapshotRecord,
    sides: number,
    { clock, signal }: { clock: Clock; signal: AbortSignal },
  ): Promise<void> {
    const pause = new Pause(clock, signal)
    const todo: Step[] = []
    const { tree } = rootEntryOf(snapshot)
    if (tree !== null) this.#push(todo, tree, 'page', sides)
    if (snapshot.incomplete !== null) this.#needTree(snapshot.incomplete, sides)
    for (let step = todo.pop(); step !== undefined; step = todo.pop()) {
      await this.#take(todo, step)
      if (pause.due) await pause.rest()
    }
    this.#seen.set(snapshot.snapshot, (this.#seen.get(snapshot.snapshot) ?? 0) | sides)
  }

  #push(todo: Step[], packed: Uint8Array, kind: Step['kind'], sides: number): void {
    for (const ref of unpackRefs(packed)) {
      const fresh = this.#needTree(ref, sides)
      if (fresh !== 0) todo.push({ ref, kind, sides: fresh })
    }
  }

  #chunks(packed: Uint8Array, sides: number): void {
    for (const ref of unpackRefs(packed)) {
      const before = this.#marks.add(ref.id, sides)
      const fresh = sides & ~before
      this.#count(ref, { isNew: before === 0, here: (fresh & SIDE.local) !== 0, there: (fresh & SIDE.remote) !== 0 })
    }
  }

  async #take(todo: Step[], { ref, kind, sides }: Step): Promise<void> {
    const plain = await this.#store.readTree(ref.id)
    if (kind === 'chunks') this.#chunks(parseChunkPage(plain), sides)
    else this.#takePage(todo, parsePage(plain), sides)
  }

  #takePage(todo: Step[], page: TreePage, sides: number): void {
    if ('pages' in page) {
      for (const { ref } of page.pages) this.#push(todo, ref, 'page', sides)
      return
    }
    for (const { tree, content } of page.entries) {
      if (tree !== null) this.#push(todo, tree, 'page', sides)
      if (content === null) continue
      if ('chunks' in content) this.#chunks(content.chunks, sides)
      else this.#push(todo, content.pages, 'chunks', sides)
    }
  }

  /** The table of a data pack that stays, as metadata has it. */
  needPart(id: Uint8Array): void {
    this.#needTree({ id, bytes: this.#store.index.place(id)?.bytes ?? 0 }, SIDE.remote)
  }

  /** Metadata is always here, too: whoever looks for a file reads no pack of a host. The sides that are new. */
  #needTree(ref: ChunkRef, sides: number): number {
    const before = this.#marks.add(ref.id, sides)
    const fresh = sides & ~before
    this.#count(ref, { isNew: before === 0, here: before === 0, there: (fresh & SIDE.remote) !== 0 })
    return fresh
  }

  /** Where it lies. */
  #count({ id, bytes }: ChunkRef, { isNew, here, there }: { isNew: boolean; here: boolean; there: boolean }): void {
    if (!here && !there) return
    const { local, remote, released } = this.#holdersOf(id)
    // A chunk of no bytes is needed, too.
    const counted = Math.max(1, bytes)
    if (here && local !== null) this.#of(local).local += counted
    if (there) for (const pack of remote) this.#of(pack).remote += counted
    if (there && remote.length === 0 && released !== null) this.missed.add(released)
    if (isNew && remote[0] !== undefined) this.#of(remote[0]).own += counted
  }

  #holdersOf(id: Uint8Array): Holders {
    return this.#store.index.holdersOf(id, this.#stands)
  }

  #of(pack: PackId): PackUsage {
    const known = this.packs.get(pack)
    if (known !== undefined) return known
    const none = { local: 0, remote: 0, own: 0 }
    this.packs.set(pack, none)
    return none
  }
}
