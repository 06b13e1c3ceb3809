/** Where the chunks of a batch come from: local packs first, then peers, then other packs that hold the same chunk. */
import { codeOf, DatisError } from '#base'
import type { PackFetcher, PackInput } from './restore-fetch.ts'
import type { ChunkPlace, ChunkStore, GroupPlace, PackId } from './types.ts'

/** A piece of a file that waits to be written. */
export interface Want<File> {
  readonly file: File
  readonly at: number
  readonly id: Uint8Array
  readonly bytes: number
  /** Packs that were tried for it in vain. */
  avoid: Set<PackId> | null
  /** Why the last one was. */
  cause: string
}

export interface PackTask<File> {
  readonly pack: PackId
  readonly local: boolean
  readonly groups: Map<number, GroupTask<File>>
}

export interface GroupTask<File> {
  readonly place: GroupPlace
  readonly wants: { readonly want: Want<File>; readonly place: ChunkPlace }[]
}

export class RestoreSources {
  readonly #store: ChunkStore
  readonly #fetcher: PackFetcher
  readonly #signal: AbortSignal
  /** Groups that the local pack does not give (`fetch`), and that nobody gives (`bad`). */
  readonly #groups = new Map<string, 'fetch' | 'bad'>()
  readonly #unreachable = new Map<PackId, string>()
  readonly damagedPacks: Set<PackId>

  constructor(
    { store, fetcher, damagedPacks }: { store: ChunkStore; fetcher: PackFetcher; damagedPacks: Set<PackId> },
    signal: AbortSignal,
  ) {
    this.#store = store
    this.#fetcher = fetcher
    this.damagedPacks = damagedPacks
    this.#signal = signal
  }

  /** Deals the wants to packs, in the order in which they come; `lost`: those that no place is left for. */
  plan<File>(wants: readonly Want<File>[]): { tasks: PackTask<File>[]; lost: Want<File>[] } {
    const tasks = new Map<string, PackTask<File>>()
    const lost: Want<File>[] = []
    const places = this.#placesOf(wants)
    for (const [index, want] of wants.entries()) {
      const place = this.#usable(want, places[index])
      // What follows in the file would stand at the wrong place.
      if (place && place.bytes !== want.bytes) want.cause = 'FORMAT_INVALID'
      if (place?.bytes === want.bytes) addToTask(tasks, want, { place, local: this.#isLocal(place.group) })
      else lost.push(want)
    }
    const all = [...tasks.values()]
    this.#fetcher.plan(all.filter((task) => !task.local).map((task) => task.pack))
    return { tasks: all, lost }
  }

  #placesOf<File>(wants: readonly Want<File>[]): (ChunkPlace | undefined)[] {
    if (wants.every((want) => want.avoid === null)) {
      try {
        return this.#store.placesOf(wants.map((want) => want.id))
      } catch (error) {
        // Some chunk is in no pack: asked for one by one, only its file fails.
        if (codeOf(error) !== 'CHUNK_UNKNOWN') throw error
      }
    }
    return wants.map((want) => this.#placeOf(want))
  }

  #placeOf<File>(want: Want<File>): ChunkPlace | undefined {
    try {
      return this.#store.placesOf([want.id], want.avoid ?? undefined)[0]
    } catch (error) {
      const cause = codeOf(error)
      if (cause !== 'CHUNK_UNKNOWN') throw error
      want.cause ||= cause
      return undefined
    }
  }

  /** The place, or the next one of that chunk of which nothing bad is known. */
  #usable<File>(want: Want<File>, first: ChunkPlace | undefined): ChunkPlace | undefined {
    for (let place = first; place; place = this.#placeOf(want)) {
      const { group } = place
      const unreachable = this.#isLocal(group) ? undefined : this.#unreachable.get(group.pack)
      if (this.#groups.get(groupKey(group)) !== 'bad' && unreachable === undefined) return place
      // An index that gives an avoided pack again would loop.
      if (want.avoid?.has(group.pack)) return undefined
      want.cause = unreachable ?? (want.cause || 'PACK_DAMAGED')
      want.avoid = new Set(want.avoid).add(group.pack)
    }
    return undefined
  }

  #isLocal(group: GroupPlace): boolean {
    return group.packLocal && this.#groups.get(groupKey(group)) !== 'fetch'
  }

  /** Null: it cannot be had; `plan` knows it from now on. */
  async open<File>(task: PackTask<File>): Promise<PackInput | null> {
    if (task.local) return { path: this.#store.packPath(task.pack) }
    try {
      return await this.#fetcher.get(task.pack)
    } catch (error) {
      this.#signal.throwIfAborted()
      const cause = codeOf(error)
      // Whatever goes wrong on the way to a pack fails the files in it; what is no known trouble is ours to hear of.
      if (cause === 'UNEXPECTED' && !(error instanceof DatisError)) throw error
      this.#unreachable.set(task.pack, cause)
      return null
    }
  }

  /** After `open`: `bytes` are those of a pack that is in memory, as the job gave them back. */
  giveBack<File>({ pack, local }: PackTask<File>, bytes: Uint8Array | null): void {
    if (!local) this.#fetcher.giveBack(pack, bytes)
  }

  /** The group could not be read, opened or trusted. */
  onDamaged<File>(task: PackTask<File>, group: GroupTask<File>, cause: string): void {
    if (task.local) this.damagedPacks.add(task.pack)
    this.#groups.set(groupKey(group.place), task.local ? 'fetch' : 'bad')
    for (const { want } of group.wants) want.cause = cause
  }
}

function addToTask<File>(
  tasks: Map<string, PackTask<File>>,
  want: Want<File>,
  { place, local }: { place: ChunkPlace; local: boolean },
): void {
  const { group } = place
  const key = `${local ? 'local' : 'fetch'} ${group.pack}`
  let task = tasks.get(key)
  if (!task) {
    task = { pack: group.pack, local, groups: new Map() }
    tasks.set(key, task)
  }
  const known = task.groups.get(group.position)
  if (known) known.wants.push({ want, place })
  else task.groups.set(group.position, { place: group, wants: [{ want, place }] })
}

function groupKey(group: GroupPlace): string {
  return `${group.pack}/${group.position}`
}
