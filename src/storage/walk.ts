/** What a walk through a source may enter, and how it shares its thread. */
import { type BytePath, type Clock, codeOf, type Disk, ignoring, joinPath, nameOf, parentOf, type Stat } from '#base'
import { type Excluder, excluder } from './exclude.ts'
import { linkKey } from './tree.ts'
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

export function placeBelow(folder: Place, name: BytePath): Place {
  const relative = (folder.relative === '' ? name : `${folder.relative}/${name}`) as BytePath
  return { path: joinPath(folder.path, name), relative, depth: folder.depth + 1 }
}

export type Verdict = 'take' | 'leave' | 'take-empty'

/** What of one PATH of a source belongs into the snapshot. */
export class WalkScope {
  readonly #excluder: Excluder
  readonly #device: number | null
  readonly #never: ReadonlySet<string>

  constructor(source: SourceSpec, root: Stat, never: ReadonlySet<string>) {
    this.#excluder = excluder(source.excludes)
    this.#device = source.oneFileSystem ? root.device : null
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

  /** For a thing of which the disk does not even say what it is. */
  excludesName({ relative }: Place): boolean {
    return relative !== '' && (this.#excluder.excludes(relative, false) || this.#excluder.excludes(relative, true))
  }
}

/** The folders that no snapshot holds, by device and inode: found again under whatever name a walk comes to them. */
export function foldersByInode(disk: Disk, folders: readonly BytePath[]): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const folder of folders) {
    const stat = ignoring(['ENOENT'], () => disk.stat(folder))
    if (stat?.kind === 'folder') keys.add(linkKey(stat))
  }
  return keys
}

/** Whether `path` lies in one of them: a source may name a place inside the box's own folder. */
export function isBelowAny(disk: Disk, path: BytePath, folders: ReadonlySet<string>): boolean {
  for (let at = path; ; at = parentOf(at)) {
    const stat = ignoring(['ENOENT', 'EACCES', 'ENOTDIR', 'ELOOP', 'EIO'], () => disk.stat(at))
    if (stat && folders.has(linkKey(stat))) return true
    if (at === '/' || !at.includes('/')) return false
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
