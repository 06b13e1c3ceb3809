import { assert } from '../../errors.ts'
import type { BytePath } from '../../paths.ts'
import type { Clock, Disk, FileMetadata, HeldFolder, NotSet, OpenMode, Stat, UnnamedFile } from '../../ports.ts'
import { systemError } from '../../system-error.ts'
import type { SimRandom } from '../sim-random.ts'
import { CallCounter, type DiskCall, type DiskCallKind } from './faults.ts'
import {
  allocatedBytes,
  type FileInode,
  type FolderInode,
  type Inode,
  newFields,
  newFile,
  newFolder,
  type SpecialInode,
  statOf,
} from './inode.ts'
import { type FileHost, MemoryFile, UnnamedMemoryFile } from './memory-file.ts'
import { NameLog } from './names.ts'
import { type Place, resolvePath } from './resolve.ts'

const NS_PER_MS = 1_000_000n
const CAPACITY_BYTES_DEFAULT = 2 ** 40
const LINKS_COUNT_MAX = 65_000

export interface MemoryDiskOptions {
  readonly clock: Pick<Clock, 'wall'>
  readonly capacityBytes?: number
  /** Tells two disks apart in `Stat.device`. */
  readonly device?: number
  /** False: it has no files without a name, as many file systems. */
  readonly unnamedFiles?: boolean
}

/**
 * A disk in memory with an honest crash model: what was written but not synced, and names that were changed without
 * an fsync of their folder, are only in the cache; `powerCut` leaves what chance had written. Modes, owners, times and
 * attributes are durable at once: nothing of ours depends on them across a crash.
 */
export class MemoryDisk implements Disk {
  capacityBytes: number
  /** A planted fault: fsync answers at once and writes nothing. */
  lyingSync = false
  /** A fault: parts of metadata that this disk refuses, with the code. */
  readonly refused = new Map<NotSet['what'], string>()
  readonly #clock: Pick<Clock, 'wall'>
  readonly #device: number
  readonly #unnamedFiles: boolean
  readonly #root: FolderInode
  readonly #held = new Map<number, FolderInode>()
  readonly #names = new NameLog()
  readonly #calls = new CallCounter()
  #inodesMade = 1
  #heldMade = 2
  #changesMade = 0n
  #usedBytes = 0
  /** Counts the power cuts: what was open before is dead. */
  #starts = 0

  constructor(options: MemoryDiskOptions) {
    this.#clock = options.clock
    this.capacityBytes = options.capacityBytes ?? CAPACITY_BYTES_DEFAULT
    this.#device = options.device ?? 1
    this.#unnamedFiles = options.unnamedFiles ?? true
    this.#root = newFolder(newFields(1, 0o755, this.#nowNs()), undefined)
    this.#root.links = 1
  }

  // ---- the port

  open(path: BytePath, mode: OpenMode): MemoryFile {
    const place = this.#enter('open', path)
    const inode = place.inode ?? (mode === 'read' ? undefined : this.#create(place, path))
    if (inode === undefined) throw systemError('ENOENT', 'open', path)
    if (mode === 'create' && place.inode !== undefined) throw systemError('EEXIST', 'open', path)
    if (inode.kind === 'symlink') throw systemError('ELOOP', 'open', path)
    if (inode.denied !== undefined) throw systemError(inode.denied, 'open', path)
    if (inode.kind === 'folder' && mode === 'write') throw systemError('EISDIR', 'open', path)
    if (inode.kind !== 'file' && inode.kind !== 'folder') throw systemError('ENXIO', 'open', path)
    return new MemoryFile(this.#fileHost(), path, inode, mode !== 'read')
  }

  openUnnamed(path: BytePath): UnnamedFile {
    const folder = this.#folderAt('open', path)
    if (folder.links === 0) throw systemError('ENOENT', 'open', path)
    if (!this.#unnamedFiles) throw systemError('ENOTSUP', 'open', path)
    if (this.#usedBytes >= this.capacityBytes) throw systemError('ENOSPC', 'open', path)
    const inode = newFile(this.#newFields(0o600))
    const host = this.#fileHost()
    return new UnnamedMemoryFile(host, path, inode, (name) => {
      host.enter('makeHardLink', name)
      const place = this.#resolve('makeHardLink', name)
      if (place.inode !== undefined) throw systemError('EEXIST', 'link', name)
      this.#link(place, inode)
    })
  }

  list(path: BytePath): BytePath[] {
    const folder = this.#folderAt('list', path)
    // Not the order in which they were made: no kernel promises that.
    return ([...folder.entries.keys()] as BytePath[]).reverse()
  }

  stat(path: BytePath): Stat {
    return statOf(this.#existing('stat', path), this.#device)
  }

  makeFolder(path: BytePath): void {
    const place = this.#vacant('makeFolder', path)
    this.#link(place, newFolder(this.#newFields(0o700), place.folder))
  }

  makeSymlink(path: BytePath, target: BytePath): void {
    const place = this.#vacant('makeSymlink', path)
    this.#link(place, { ...this.#newFields(0o777), kind: 'symlink', target })
  }

  readSymlink(path: BytePath): BytePath {
    const inode = this.#existing('readSymlink', path)
    if (inode.kind !== 'symlink') throw systemError('EINVAL', 'readlink', path)
    return inode.target
  }

  makeHardLink(path: BytePath, existing: BytePath): void {
    const inode = this.#existing('makeHardLink', existing)
    const place = this.#resolve('makeHardLink', path)
    if (place.inode !== undefined) throw systemError('EEXIST', 'link', path)
    if (inode.kind === 'folder') throw systemError('EPERM', 'link', path)
    if (inode.links >= LINKS_COUNT_MAX) throw systemError('EMLINK', 'link', path)
    this.#link(place, inode)
  }

  rename(from: BytePath, to: BytePath): void {
    const source = this.#enter('rename', from)
    const target = this.#resolve('rename', to)
    const { inode } = source
    if (inode === undefined) throw systemError('ENOENT', 'rename', from)
    if (source.name === '.' || target.name === '.') throw systemError('EBUSY', 'rename', from)
    const replaced = target.inode
    if (replaced === inode) return
    this.#checkRename(inode, target, to)
    inode.ctimeNs = this.#touch(source.folder)
    this.#touch(target.folder)
    this.#names.apply([
      { folder: source.folder, name: source.name, before: inode, after: undefined },
      { folder: target.folder, name: target.name, before: replaced, after: inode },
    ])
    if (replaced !== undefined) this.#dropLink(replaced)
  }

  removeFile(path: BytePath): void {
    const place = this.#enter('removeFile', path)
    if (place.inode === undefined) throw systemError('ENOENT', 'unlink', path)
    if (place.inode.kind === 'folder') throw systemError('EISDIR', 'unlink', path)
    this.#unlink(place, place.inode)
  }

  removeFolder(path: BytePath): void {
    const place = this.#enter('removeFolder', path)
    if (place.inode === undefined) throw systemError('ENOENT', 'rmdir', path)
    if (place.inode.kind !== 'folder') throw systemError('ENOTDIR', 'rmdir', path)
    if (place.name === '.') throw systemError('EINVAL', 'rmdir', path)
    if (place.inode.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path)
    this.#unlink(place, place.inode)
  }

  syncFolder(path: BytePath): void {
    const folder = this.#folderAt('syncFolder', path)
    if (!this.lyingSync) this.#names.sync(folder)
  }

  xattrs(path: BytePath): ReadonlyMap<string, Uint8Array> {
    const { xattrs } = this.#existing('xattrs', path)
    return new Map([...xattrs].map(([name, value]) => [name, value.slice()]))
  }

  setMetadata(path: BytePath, metadata: FileMetadata): NotSet[] {
    return this.#setMetadata(this.#existing('setMetadata', path), metadata)
  }

  #setMetadata(inode: Inode, metadata: FileMetadata): NotSet[] {
    const notSet: NotSet[] = []
    const set = (what: NotSet['what'], wanted: boolean, act: () => void) => {
      const cause = wanted ? this.refused.get(what) : undefined
      if (cause !== undefined) notSet.push({ what, cause })
      else if (wanted) act()
    }
    const { owner, mode, xattrs, mtimeNs } = metadata
    set('owner', owner !== undefined, () => Object.assign(inode, owner, withoutSetuid(inode)))
    // A symbolic link has no mode of its own.
    set('mode', mode !== undefined && inode.kind !== 'symlink', () => Object.assign(inode, { mode }))
    set('xattrs', xattrs !== undefined && xattrs.size > 0, () => {
      for (const [name, value] of xattrs ?? []) inode.xattrs.set(name, value.slice())
    })
    set('mtime', mtimeNs !== undefined, () => Object.assign(inode, { mtimeNs }))
    inode.ctimeNs = this.#nowNs()
    return notSet
  }

  space(path: BytePath): { freeBytes: number; totalBytes: number } {
    this.#existing('space', path)
    return { freeBytes: Math.max(0, this.capacityBytes - this.#usedBytes), totalBytes: this.capacityBytes }
  }

  holdFolder(path: BytePath): HeldFolder {
    const folder = this.#folderAt('holdFolder', path)
    const number = ++this.#heldMade
    this.#held.set(number, folder)
    return {
      path: `/proc/self/fd/${number}/.` as BytePath,
      [Symbol.dispose]: () => void this.#held.delete(number),
    }
  }

  // ---- crashes, faults and what tests look at

  /** The power goes and comes back: everything that was open is dead, chance has written some of the volatile. */
  powerCut(random: SimRandom): void {
    this.#calls.powerOn()
    this.#starts++
    this.#held.clear()
    this.#names.powerCut(random)
    this.#usedBytes = 0
    const files = countLinks(this.#root)
    for (const file of files) {
      file.handles = 0
      file.content.powerCut(random)
      this.#usedBytes += allocatedBytes(file.content.bytes)
    }
  }

  /** From this call on every call throws `PowerCut`, until `powerCut`. */
  cutPowerAt(callNumber: number): void {
    this.#calls.cutAt(callNumber)
  }

  failAt(callNumber: number, code: string): void {
    this.#calls.failAt(callNumber, code)
  }

  /** The next `times` calls of this kind fail. */
  failNext(kind: DiskCallKind, code: string, times = 1): void {
    this.#calls.failNext(kind, code, times)
  }

  /** Opening what lies at `path`, or anything below it, fails with `code`; `undefined` lifts it. */
  deny(path: BytePath, code: string | undefined = 'EACCES'): void {
    this.#inodeAt(path).denied = code
  }

  /** Changes the bytes of a file behind everybody's back, as a rotting disk does. */
  damage(path: BytePath, change: (bytes: Uint8Array) => void): void {
    const inode = this.#inodeAt(path)
    assert(inode.kind === 'file', 'only files are damaged')
    inode.content.damage(change)
  }

  makeSpecial(path: BytePath, kind: SpecialInode['kind']): void {
    const place = resolvePath({ root: this.#root, held: this.#held }, path, 'mknod')
    if (place.inode !== undefined) throw systemError('EEXIST', 'mknod', path)
    this.#link(place, { ...this.#newFields(0o644), kind })
  }

  set onCall(hook: ((call: DiskCall) => void) | undefined) {
    this.#calls.onCall = hook
  }

  /** Calls since the start or `resetCalls`, which also forgets planned failures. */
  get calls(): number {
    return this.#calls.number
  }

  callsOf(kind: DiskCallKind): number {
    return this.#calls.counts.get(kind) ?? 0
  }

  resetCalls(): void {
    this.#calls.reset()
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Changes of names that a power cut could take back. */
  get volatileNames(): number {
    return this.#names.pending
  }

  // ---- places

  #enter(kind: DiskCallKind, path: BytePath): Place {
    this.#calls.enter(kind, path)
    return this.#resolve(kind, path)
  }

  #resolve(kind: DiskCallKind, path: BytePath): Place {
    return resolvePath({ root: this.#root, held: this.#held }, path, kind)
  }

  #existing(kind: DiskCallKind, path: BytePath): Inode {
    const { inode } = this.#enter(kind, path)
    if (inode === undefined) throw systemError('ENOENT', kind, path)
    return inode
  }

  #vacant(kind: DiskCallKind, path: BytePath): Place {
    const place = this.#enter(kind, path)
    if (place.inode !== undefined) throw systemError('EEXIST', kind, path)
    return place
  }

  #folderAt(kind: DiskCallKind, path: BytePath): FolderInode {
    const inode = this.#existing(kind, path)
    if (inode.kind !== 'folder') throw systemError('ENOTDIR', kind, path)
    if (inode.denied !== undefined) throw systemError(inode.denied, kind, path)
    return inode
  }

  #inodeAt(path: BytePath): Inode {
    const { inode } = resolvePath({ root: this.#root, held: this.#held }, path, 'lookup')
    if (inode === undefined) throw systemError('ENOENT', 'lookup', path)
    return inode
  }

  // ---- changes

  #create(place: Place, path: BytePath): FileInode {
    if (this.#usedBytes >= this.capacityBytes) throw systemError('ENOSPC', 'open', path)
    const file = newFile(this.#newFields(0o600))
    this.#link(place, file)
    return file
  }

  #link({ folder, name }: Place, inode: Inode): void {
    // A folder that was removed while somebody holds it takes nothing more.
    if (folder.links === 0) throw systemError('ENOENT', 'link')
    inode.links++
    inode.ctimeNs = this.#touch(folder)
    this.#names.apply([{ folder, name, before: undefined, after: inode }])
  }

  #unlink({ folder, name }: Place, inode: Inode): void {
    inode.ctimeNs = this.#touch(folder)
    this.#names.apply([{ folder, name, before: inode, after: undefined }])
    this.#dropLink(inode)
  }

  #dropLink(inode: Inode): void {
    inode.links--
    if (inode.kind === 'file') this.#freeIfGone(inode)
  }

  #freeIfGone(file: FileInode): void {
    if (file.links === 0 && file.handles === 0) this.#usedBytes -= allocatedBytes(file.content.bytes)
  }

  #checkRename(inode: Inode, target: Place, path: BytePath): void {
    const replaced = target.inode
    if (inode.kind === 'folder') {
      if (isWithin(target.folder, inode)) throw systemError('EINVAL', 'rename', path)
      if (replaced !== undefined && replaced.kind !== 'folder') throw systemError('ENOTDIR', 'rename', path)
      if (replaced?.kind === 'folder' && replaced.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', path)
    } else if (replaced?.kind === 'folder') {
      throw systemError('EISDIR', 'rename', path)
    }
  }

  #touch(folder: FolderInode): bigint {
    const now = this.#nowNs()
    folder.mtimeNs = now
    folder.ctimeNs = now
    return now
  }

  #newFields(mode: number) {
    return newFields(++this.#inodesMade, mode, this.#nowNs())
  }

  /** No two changes have one time, as on kernels with fine-grained times: their number counts as nanoseconds. */
  #nowNs(): bigint {
    return BigInt(this.#clock.wall()) * NS_PER_MS + (this.#changesMade++ % NS_PER_MS)
  }

  // ---- open files

  #fileHost(): FileHost {
    const start = this.#starts
    const disk = this
    return {
      enter: (kind, path) => {
        disk.#calls.enter(kind, path)
        if (start !== disk.#starts) throw systemError('EBADF', kind, path)
      },
      bytesThatFit: (file, bytes) => disk.#bytesThatFit(file, bytes),
      changed: (file, act) => disk.#changed(file, act),
      statOf: (inode) => statOf(inode, disk.#device),
      setMetadata: (inode, metadata) => disk.#setMetadata(inode, metadata),
      get lyingSync() {
        return disk.lyingSync
      },
      closed: (file) => {
        if (start === disk.#starts) disk.#freeIfGone(file)
      },
    }
  }

  #bytesThatFit(file: FileInode, bytes: number): number {
    const taken = allocatedBytes(file.content.bytes)
    const free = Math.max(0, this.capacityBytes - this.#usedBytes)
    return allocatedBytes(bytes) <= taken + free ? bytes : Math.min(bytes, taken + free)
  }

  #changed(file: FileInode, act: () => void): void {
    this.#usedBytes -= allocatedBytes(file.content.bytes)
    act()
    this.#usedBytes += allocatedBytes(file.content.bytes)
    file.mtimeNs = this.#nowNs()
    file.ctimeNs = file.mtimeNs
  }
}

function withoutSetuid(inode: Inode): { mode: number } {
  return { mode: inode.kind === 'file' ? inode.mode & 0o1777 : inode.mode }
}

function isWithin(folder: FolderInode, ancestor: Inode): boolean {
  for (let at = folder; ; at = at.parent) {
    if (at === ancestor) return true
    if (at === at.parent) return false
  }
}

/** Counts the names of everything that can still be reached; gives the files, each once. */
function countLinks(root: FolderInode): Set<FileInode> {
  const files = new Set<FileInode>()
  const seen = new Set<Inode>()
  const visit = (folder: FolderInode) => {
    for (const inode of folder.entries.values()) {
      inode.links = seen.has(inode) ? inode.links + 1 : 1
      if (seen.has(inode)) continue
      seen.add(inode)
      if (inode.kind === 'file') files.add(inode)
      if (inode.kind === 'folder') visit(inode)
    }
  }
  visit(root)
  return files
}
