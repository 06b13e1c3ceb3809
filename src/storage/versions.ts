/** What stood at one path over many snapshots: goes down only where a folder is another than in the one before. */
import { type BytePath, bytesEqual, codeOf, DatisError, toHex } from '#base'
import { sha256 } from '#crypto'
import { unpackRefs } from './group.ts'
import type { TreeEntry } from './tree.ts'
import { contentRefs, findEntry, rootEntryOf } from './tree-reader.ts'
import type { ChunkStore, Snapshot, VaultDeps } from './types.ts'
import { Pause } from './walk.ts'

export interface VersionsOptions {
  readonly signal: AbortSignal
  readonly most: number
}

export interface Version {
  readonly entry: TreeEntry
  /** That have it so. */
  readonly newest: Snapshot
  readonly oldest: Snapshot
  /** Nothing has to come from hosts for it. */
  readonly local: boolean
}

export interface Versions {
  readonly versions: readonly Version[]
  readonly more: boolean
  /** Snapshots that could not be looked into. */
  readonly unread: number
}

interface Found {
  readonly entry: TreeEntry
  readonly newest: Snapshot
  oldest: Snapshot
}

type Deps = Pick<VaultDeps, 'clock'> & { readonly store: ChunkStore }

/** `snapshots`: newest first. */
export async function versionsOf(
  { store, clock }: Deps,
  snapshots: readonly Snapshot[],
  path: BytePath,
  { signal, most }: VersionsOptions,
): Promise<Versions> {
  const pause = new Pause(clock, signal)
  const finder = new PathFinder(store, path)
  const found = new Map<string, Found>()
  let [unread, more] = [0, false]
  for (const snapshot of snapshots) {
    signal.throwIfAborted()
    if (pause.due) await pause.rest()
    const entry = await unlessUnread(() => finder.find(rootEntryOf(snapshot)))
    if (entry === undefined) unread++
    if (entry === undefined || entry === null) continue
    const key = keyOf(entry)
    const known = found.get(key)
    if (known !== undefined) known.oldest = snapshot
    else if (found.size < most) found.set(key, { entry, newest: snapshot, oldest: snapshot })
    else more = true
  }
  const versions: Version[] = []
  for (const one of found.values()) {
    if (pause.due) await pause.rest()
    versions.push({ ...one, local: (await unlessUnread(() => isHere(store, one))) ?? false })
  }
  return { versions, more, unread }
}

/** A tree that is damaged, or that only hosts have, hides nothing of the others. */
async function unlessUnread<Value>(look: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof DatisError || codeOf(error) === 'EIO') return undefined
    throw error
  }
}

interface Step {
  readonly tree: Uint8Array
  readonly found: TreeEntry | null
}

class PathFinder {
  readonly #store: ChunkStore
  readonly #names: readonly string[]
  /** Of the snapshot before, for each name of the path. */
  readonly #steps: Step[] = []

  constructor(store: ChunkStore, path: BytePath) {
    this.#store = store
    this.#names = path.split('/').filter((part) => part !== '' && part !== '.')
  }

  async find(root: TreeEntry): Promise<TreeEntry | null> {
    let entry = root
    for (const [depth, name] of this.#names.entries()) {
      if (entry.kind !== 'folder' || entry.tree === null) return null
      const step = await this.#step(depth, entry.tree, name as BytePath)
      if (step.found === null) return null
      entry = step.found
    }
    return entry
  }

  async #step(depth: number, tree: Uint8Array, name: BytePath): Promise<Step> {
    const known = this.#steps[depth]
    if (known !== undefined && bytesEqual(known.tree, tree)) return known
    const step = { tree, found: await findEntry(this.#store, tree, name) }
    this.#steps[depth] = step
    return step
  }
}

/** Equal for one state of a thing. */
function keyOf({ kind, bytes, mtimeNs, content, tree, target, incomplete }: TreeEntry): string {
  const held = content === null ? tree : 'chunks' in content ? content.chunks : content.pages
  return `${kind} ${bytes} ${mtimeNs} ${held === null ? '' : toHex(sha256(held))} ${target ?? ''} ${incomplete ?? ''}`
}

async function isHere(store: ChunkStore, { entry, newest }: Found): Promise<boolean> {
  if (!store.hasDistantData()) return true
  if (entry.kind === 'folder') return newest.local
  if (entry.content === null) return true
  for await (const packed of contentRefs(store, entry.content)) {
    const places = store.placesOf(unpackRefs(packed).map(({ id }) => id))
    if (places.some(({ group }) => !group.packLocal)) return false
  }
  return true
}
