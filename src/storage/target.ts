/** The folder a restore writes to: nothing outside of it is ever reached (security rule 12). */
import {
  assert,
  type BytePath,
  codeOf,
  DatisError,
  type Disk,
  ensureFolder,
  type HeldFolder,
  ignoring,
  joinPath,
  parentOf,
  pathToText,
} from '#base'
import { isName, NAME_BYTES_MAX } from './tree.ts'

/** Held folders are open file descriptors. */
const HELD_MAX = 64

/**
 * Folders below a held one, each held before anything in it is touched: a name that became a link meanwhile is
 * refused, never followed. `relative` paths are names joined by slashes, empty for the target itself.
 */
export class TargetFolders implements Disposable {
  readonly #disk: Disk
  readonly #root: BytePath
  /** Insertion order is the order of use. */
  readonly #held = new Map<string, HeldFolder>()

  /** `root`: the path of a held folder. */
  constructor(disk: Disk, root: BytePath) {
    this.#disk = disk
    this.#root = root
  }

  /** Where the folder can be reached; good until the next call. Throws ENOENT, ELOOP, ENOTDIR … */
  at(relative: BytePath): BytePath {
    let known = relative as string
    while (known !== '' && !this.#held.has(known)) known = known.slice(0, Math.max(0, known.lastIndexOf('/')))
    let path = this.#use(known)
    for (const name of relative === known ? [] : relative.slice(known === '' ? 0 : known.length + 1).split('/')) {
      known = known === '' ? name : `${known}/${name}`
      path = this.#hold(known, namedPath(path, name))
    }
    return path
  }

  /** A thing in a folder, by a name that stays in it. */
  pathOf(relative: BytePath, name: string): BytePath {
    return namedPath(this.at(relative), name)
  }

  /** A second folder at the same time as `at`. */
  holdApart(relative: BytePath): HeldFolder {
    return this.#disk.holdFolder(this.at(relative))
  }

  #use(relative: string): BytePath {
    const held = this.#held.get(relative)
    if (!held) return this.#root
    this.#held.delete(relative)
    this.#held.set(relative, held)
    return held.path
  }

  #hold(relative: string, path: BytePath): BytePath {
    const held = this.#disk.holdFolder(path)
    this.#held.set(relative, held)
    if (this.#held.size > HELD_MAX) {
      const [oldest, folder] = this.#held.entries().next().value ?? []
      if (oldest !== undefined) this.#held.delete(oldest)
      folder?.[Symbol.dispose]()
    }
    return held.path
  }

  [Symbol.dispose](): void {
    for (const held of this.#held.values()) held[Symbol.dispose]()
    this.#held.clear()
  }
}

export function namedPath(folder: BytePath, name: string): BytePath {
  // Parsing refused all others; checked again where it would hurt.
  assert(isName(name), 'a name in the target is one component')
  return joinPath(folder, name)
}

export function joinRelative(folder: BytePath, name: string): BytePath {
  return (folder === '' ? name : `${folder}/${name}`) as BytePath
}

export interface OpenTarget {
  readonly held: HeldFolder
  /** Made for this restore, or empty: its metadata may be set. */
  readonly fresh: boolean
}

/** Makes the folder when it is missing. TARGET_UNUSABLE. */
export function openTarget(disk: Disk, target: BytePath): OpenTarget {
  try {
    const made = makeTarget(disk, target)
    const held = disk.holdFolder(target)
    return { held, fresh: made || disk.list(held.path).length === 0 }
  } catch (error) {
    throw new DatisError(
      'TARGET_UNUSABLE',
      'The folder to restore to is no folder or cannot be made.',
      { target: pathToText(target), cause: codeOf(error) },
      { cause: error },
    )
  }
}

function makeTarget(disk: Disk, target: BytePath): boolean {
  try {
    disk.stat(target)
    return false
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  // A link to a folder on the way is what people have who moved /home to another disk.
  if (!isFolder(disk, parentOf(target))) ensureFolder(disk, parentOf(target))
  disk.makeFolder(target)
  return true
}

function isFolder(disk: Disk, path: BytePath): boolean {
  return ignoring(['ENOENT', 'ENOTDIR', 'ELOOP'], () => disk.stat(joinPath(path, '.')))?.kind === 'folder'
}

/** `report.odt` → `report (2026-11-24 09 h 05).odt`; cut so that the name stays within the limit. */
export function datedName(name: string, stamp: string, number: number): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= EXTENSION_BYTES_MAX ? name.slice(dot) : ''
  const base = name.slice(0, name.length - extension.length)
  const suffix = ` (${stamp})${number > 1 ? ` ${number}` : ''}${extension}`
  return cutUtf8(base, NAME_BYTES_MAX - suffix.length) + suffix
}

const EXTENSION_BYTES_MAX = 12

/** Not inside a character: continuation bytes of UTF-8 are 10xxxxxx. */
function cutUtf8(name: string, bytesMax: number): string {
  if (name.length <= bytesMax) return name
  let end = bytesMax
  while (end > 0 && (name.charCodeAt(end) & 0xc0) === 0x80) end--
  return name.slice(0, end)
}

/** Date and minute of a snapshot in the box's zone. */
export function stampOf(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${local.toPlainDate().toString()} ${two(local.hour)} h ${two(local.minute)}`
}
