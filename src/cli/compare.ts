/**
 * Compares two folders as a person would have to who trusts nobody: every byte, and what the file system says of
 * each name. It shares no code with what saved and restored them.
 */
import { type BigIntStats, closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'

const READ_BYTES = 1 << 20
const MODE_BITS = 0o7777n
/** More differences than this are counted, not kept. */
const DIFFERENCES_MAX = 1000

export interface Difference {
  /** Relative path, UTF-8. */
  readonly path: string
  readonly what: 'absent' | 'surplus' | 'kind' | 'content' | 'size' | 'mode' | 'owner' | 'mtime' | 'target' | 'links'
}

export interface Comparison {
  /** Regular files in the original, hard links counted by name. */
  readonly files: number
  readonly bytes: number
  /** Sockets, pipes and devices of the original: listed in a snapshot, never saved. */
  readonly unlisted: number
  readonly differenceCount: number
  readonly differences: readonly Difference[]
}

type Kind = 'file' | 'folder' | 'symlink' | 'other'

/** The folders themselves are not compared, only what they hold. `pause` is awaited now and then. */
export async function compareFolders(original: string, copy: string, pause: () => Promise<void>): Promise<Comparison> {
  const comparing = new Comparing()
  await comparing.folder(Buffer.from(original), Buffer.from(copy), Buffer.alloc(0), pause)
  return comparing.result()
}

class Comparing {
  readonly #buffers = [Buffer.alloc(READ_BYTES), Buffer.alloc(READ_BYTES)] as const
  readonly #firstNames = [new Map<string, string>(), new Map<string, string>()] as const
  readonly #differences: Difference[] = []
  #differenceCount = 0
  #files = 0
  #bytes = 0
  #unlisted = 0

  async folder(original: Buffer, copy: Buffer, relative: Buffer, pause: () => Promise<void>): Promise<void> {
    await pause()
    const there = new Set(namesIn(copy))
    for (const name of namesIn(original)) {
      const path = join(relative, name)
      const pair = [join(original, name), join(copy, name)] as const
      const isFolder = this.#entry(pair, path, there.delete(name))
      if (isFolder) await this.folder(...pair, path, pause)
    }
    for (const name of there) this.#differs(join(relative, name), 'surplus')
  }

  result(): Comparison {
    return {
      files: this.#files,
      bytes: this.#bytes,
      unlisted: this.#unlisted,
      differenceCount: this.#differenceCount,
      differences: this.#differences,
    }
  }

  /** True when both are folders, to be entered. */
  #entry([original, copy]: readonly [Buffer, Buffer], path: Buffer, isThere: boolean): boolean {
    const a = lstatSync(original, { bigint: true })
    const kind = kindOf(a)
    if (kind === 'file') this.#count(a)
    if (kind === 'other' && !isThere) {
      this.#unlisted++
      return false
    }
    if (!isThere) {
      this.#differs(path, 'absent')
      return false
    }
    const b = lstatSync(copy, { bigint: true })
    if (kind !== kindOf(b)) {
      this.#differs(path, 'kind')
      return false
    }
    this.#metadata(a, b, kind, path)
    if (kind === 'symlink' && !linkTarget(original).equals(linkTarget(copy))) this.#differs(path, 'target')
    if (kind === 'file') this.#file([original, copy], [a, b], path)
    return kind === 'folder'
  }

  #count(stat: BigIntStats): void {
    this.#files++
    this.#bytes += Number(stat.size)
  }

  #metadata(a: BigIntStats, b: BigIntStats, kind: Kind, path: Buffer): void {
    // The mode of a symbolic link means nothing and cannot be set.
    if (kind !== 'symlink' && (a.mode & MODE_BITS) !== (b.mode & MODE_BITS)) this.#differs(path, 'mode')
    if (a.uid !== b.uid || a.gid !== b.gid) this.#differs(path, 'owner')
    if (a.mtimeNs !== b.mtimeNs) this.#differs(path, 'mtime')
  }

  #file(paths: readonly [Buffer, Buffer], [a, b]: readonly [BigIntStats, BigIntStats], path: Buffer): void {
    if (this.#firstName(0, a, path) !== this.#firstName(1, b, path)) this.#differs(path, 'links')
    if (a.size !== b.size) this.#differs(path, 'size')
    else if (!this.#sameContent(...paths)) this.#differs(path, 'content')
  }

  /** The first name met of the same file: equal on both sides exactly when names are linked alike. */
  #firstName(side: 0 | 1, stat: BigIntStats, path: Buffer): string {
    const name = path.toString('latin1')
    if (stat.nlink === 1n) return name
    const key = `${stat.dev}:${stat.ino}`
    const first = this.#firstNames[side].get(key)
    if (first === undefined) this.#firstNames[side].set(key, name)
    return first ?? name
  }

  #sameContent(original: Buffer, copy: Buffer): boolean {
    const a = openSync(original, 'r')
    try {
      const b = openSync(copy, 'r')
      try {
        return this.#sameBytes(a, b)
      } finally {
        closeSync(b)
      }
    } finally {
      closeSync(a)
    }
  }

  #sameBytes(a: number, b: number): boolean {
    const [left, right] = this.#buffers
    for (;;) {
      const bytes = readFully(a, left)
      if (readFully(b, right) !== bytes) return false
      if (left.compare(right, 0, bytes, 0, bytes) !== 0) return false
      if (bytes < READ_BYTES) return true
    }
  }

  #differs(path: Buffer, what: Difference['what']): void {
    this.#differenceCount++
    if (this.#differences.length < DIFFERENCES_MAX) this.#differences.push({ path: path.toString('utf8'), what })
  }
}

/** Names as bytes held one a character, so that two that are not UTF-8 stay two. */
function namesIn(folder: Buffer): string[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('latin1'))
    .sort()
}

function join(folder: Buffer, name: string): Buffer {
  const bytes = Buffer.from(name, 'latin1')
  return folder.byteLength === 0 ? bytes : Buffer.concat([folder, Buffer.from('/'), bytes])
}

function linkTarget(path: Buffer): Buffer {
  return readlinkSync(path, { encoding: 'buffer' })
}

function kindOf(stat: BigIntStats): Kind {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'symlink' : 'other'
}

function readFully(file: number, into: Buffer): number {
  let filled = 0
  for (;;) {
    const bytes = readSync(file, into, filled, into.byteLength - filled, null)
    filled += bytes
    if (bytes === 0 || filled === into.byteLength) return filled
  }
}
