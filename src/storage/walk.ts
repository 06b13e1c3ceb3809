/** What a walk through a source may enter, and how it shares its thread. */
import { type BytePath, type Clock, codeOf, type Disk, ignoring, joinPath, nameOf, parentOf, type Stat } from '#base'
import { type Excluder, excluder } from './exclude.ts'
import { linkKey, TREE_DEPTH_MAX } from './tree.ts'
import type { SourceSpec } from './types.ts'

/** The thread of a walk also owns the sockets: after so long it lets others run. */
const WORK_MS_MAX = 5

export class Pause {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #since: number

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
    this.#since = clock.monotonic()
  }

  /** True when `rest` is due: asked for each name, so it must cost nothing. */
  get due(): boolean {
    return this.#clock.monotonic() - this.#since >= WORK_MS_MAX
  }

  async rest(): Promise<void> {
    await this.#clock.sleep(0, this.#signal)
    this.#since = this.#clock.monotonic()
  }
}

/** A thing on the disk, during the walk. */
export interface Place {
  readonly path: BytePath
  /** Below the source's path; empty for the path itself. */
  readonly relative: BytePath
  readonly depth: number
}

/** A path of a source itself. */
export function placeOf(path: BytePath): Place {
  return { path, relative: '' as BytePath, depth: 0 }
}

export function placeBelow(folder: Place, name: BytePath): Place {
  const relative = (folder.relative === '' ? name : `${folder.relative}/${name}`) as BytePath
  return { path: joinPath(folder.path, name), relative, depth: folder.depth + 1 }
}

export type Verdict = 'take' | 'leave' | 'take-empty'

/** What a source says of all its paths; made once, since it may have 1000 of them and 10 000 rules. */
export interface WalkRules {
  readonly excluder: Excluder
  readonly oneFileSystem: boolean
}

export function walkRules({ excludes, oneFileSystem }: SourceSpec): WalkRules {
  return { excluder: excluder(excludes), oneFileSystem }
}

/** What of one PATH of a source belongs into the snapshot. */
export class WalkScope {
  readonly #excluder: Excluder
  readonly #device: number | null
  readonly #never: ReadonlySet<string>

  constructor(rules: WalkRules, root: Stat, never: ReadonlySet<string>) {
    this.#excluder = rules.excluder
    this.#device = rules.oneFileSystem ? root.device : null
    this.#never = never
  }

  judge(place: Place, stat: Stat): Verdict {
    const isFolder = stat.kind === 'folder'
    if (isFolder && this.#never.has(linkKey(stat))) return 'leave'
    if (place.relative !== '' && this.#excluder.excludes(place.relative, isFolder)) return 'leave'
    // Where another file system begins, the folder itself is kept: a restore makes the place to mount on.
    if (isFolder && this.#device !== null && stat.device !== this.#device) return 'take-empty'
    return 'take'
  }

  /** The rule that is about it; null: none is. */
  ruleOf({ relative }: Place, { kind }: Stat): string | null {
    return relative === '' ? null : this.#excluder.ruleOf(relative, kind === 'folder')
  }

  /** For a thing of which the disk does not even say what it is. */
  excludesName({ relative }: Place): boolean {
    return relative !== '' && (this.#excluder.excludes(relative, false) || this.#excluder.excludes(relative, true))
  }
}

const NO_WAY = ['ENOENT', 'EACCES', 'ENOTDIR', 'ELOOP', 'EIO', 'ENAMETOOLONG']

/**
 * The folders that no snapshot holds, by device and inode: found again under whatever name a walk comes to them. Those
 * in them too: one may lie on another disk, where it has a name that leads up to no folder of the box.
 */
export function foldersByInode(disk: Disk, folders: readonly BytePath[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const folder of folders) {
    const names = ignoring(NO_WAY, () => disk.list(folder)) ?? []
    for (const path of [folder, ...names.map((name) => joinPath(folder, name))]) {
      const stat = ignoring(NO_WAY, () => disk.stat(path))
      if (stat?.kind === 'folder') keys.add(linkKey(stat))
    }
  }
  return keys
}

/** What of a path of a source may be entered; null: it lies in a folder that no snapshot holds. */
export function scopeAt(
  disk: Disk,
  rules: WalkRules,
  path: BytePath,
  { stat, never }: { readonly stat: Stat; readonly never: ReadonlySet<string> },
): WalkScope | null {
  return isBelowAny(disk, path, never) ? null : new WalkScope(rules, stat, never)
}

/** What stands at a name that was listed; null: nothing any more, or nothing that belongs to the source. */
export function statListed(disk: Disk, scope: WalkScope, place: Place): Tried<Stat> | null {
  const tried = tryDisk(() => disk.stat(place.path))
  if ('value' in tried) return tried
  return tried.cause === 'ENOENT' || scope.excludesName(place) ? null : tried
}

/** The names that a walk goes through, in the order of their bytes. */
export function namesIn(disk: Disk, { path, depth }: Place, verdict: Exclude<Verdict, 'leave'>): Tried<BytePath[]> {
  if (verdict === 'take-empty') return { value: [] }
  const listed = tryDisk(() => listSorted(disk, path))
  return 'value' in listed && depth >= TREE_DEPTH_MAX ? { cause: 'ENAMETOOLONG' } : listed
}

/** Whether `path` lies in one of them, by its name or by the links in it: a source may name a place in the box's own folder. */
export function isBelowAny(disk: Disk, path: BytePath, folders: ReadonlySet<string>): boolean {
  const keyAt = (at: BytePath): string | null => {
    const stat = ignoring(NO_WAY, () => disk.stat(at))
    return stat === undefined ? null : linkKey(stat)
  }
  let hasClimbed = false
  for (let at = path; ; at = parentOf(at)) {
    if (folders.has(keyAt(at) ?? '')) return true
    const inside = joinPath(at, '.')
    if (!hasClimbed && keyAt(inside) !== null) {
      hasClimbed = true
      if (climbsTo(folders, inside, keyAt)) return true
    }
    if (at === '/' || !at.includes('/')) return false
  }
}

/** Through the folders that hold each other, whatever a path calls them. */
function climbsTo(folders: ReadonlySet<string>, from: BytePath, keyAt: (at: BytePath) => string | null): boolean {
  let last: string | null = null
  for (let at = from; ; at = joinPath(at, '..')) {
    const key = keyAt(at)
    if (key === null || key === last) return false
    if (folders.has(key)) return true
    last = key
  }
}

/** `value` as the disk gave it, or the code of its refusal. */
export type Tried<Value> = { readonly value: Value } | { readonly cause: string }

export function tryDisk<Value>(act: () => Value): Tried<Value> {
  try {
    return { value: act() }
  } catch (error) {
    const cause = codeOf(error)
    // Not the system's: a fault of ours must not end as a line in a list.
    if (!/^E[A-Z0-9]+$/.test(cause)) throw error
    return { cause }
  }
}

/** Bytewise: a character of a `BytePath` is a byte. */
export function listSorted(disk: Disk, path: BytePath): BytePath[] {
  return disk.list(path).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Paths of a source in a form that compares: no slash at the end, none doubled, each once. */
export function cleanPaths(paths: readonly BytePath[]): BytePath[] {
  const clean = paths.map((path) => (path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1') || '/') as BytePath)
  return [...new Set(clean)]
}

/** A name for each path in the snapshot's root: its last component, made unique with `~2`, `~3` … */
export function rootNames(paths: readonly BytePath[]): BytePath[] {
  const taken = new Set<string>()
  return paths.map((path) => {
    const base = nameOf(path) || 'root'
    let name: string = base
    for (let number = 2; taken.has(name); number++) name = `${base}~${number}`
    taken.add(name)
    return name as BytePath
  })
}
