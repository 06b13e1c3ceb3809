import type { BytePath } from '../../paths.ts'
import type { DiskFile, FileMetadata, NotSet, Stat, UnnamedFile } from '../../ports.ts'
import { systemError } from '../../system-error.ts'
import type { DiskCallKind } from './faults.ts'
import type { FileInode, FolderInode } from './inode.ts'

/** What an open file needs of its disk. */
export interface FileHost {
  enter(kind: DiskCallKind, path: BytePath): void
  /** How many of the bytes fit; the file grows to `bytes`. */
  bytesThatFit(file: FileInode, bytes: number): number
  changed(file: FileInode, act: () => void): void
  statOf(inode: FileInode | FolderInode): Stat
  setMetadata(inode: FileInode | FolderInode, metadata: FileMetadata): NotSet[]
  readonly lyingSync: boolean
  closed(file: FileInode): void
}

export class MemoryFile implements DiskFile {
  readonly #host: FileHost
  readonly #path: BytePath
  readonly #inode: FileInode | FolderInode
  readonly #writable: boolean
  #open = true

  constructor(host: FileHost, path: BytePath, inode: FileInode | FolderInode, writable: boolean) {
    this.#host = host
    this.#path = path
    this.#inode = inode
    this.#writable = writable
    if (inode.kind === 'file') inode.handles++
  }

  stat(): Stat {
    this.#enter('fileStat')
    return this.#host.statOf(this.#inode)
  }

  read(into: Uint8Array, at: number): number {
    const file = this.#enter('read')
    if (file === undefined) throw systemError('EISDIR', 'read', this.#path)
    return file.content.read(into, at)
  }

  write(bytes: Uint8Array, at: number): void {
    const file = this.#enterToWrite('write')
    const end = this.#host.bytesThatFit(file, at + bytes.byteLength)
    const fitting = bytes.subarray(0, Math.max(0, end - at))
    this.#host.changed(file, () => file.content.write(fitting, at))
    if (fitting.byteLength < bytes.byteLength) throw systemError('ENOSPC', 'write', this.#path)
  }

  truncate(bytes: number): void {
    const file = this.#enterToWrite('truncate')
    if (this.#host.bytesThatFit(file, bytes) < bytes) throw systemError('ENOSPC', 'ftruncate', this.#path)
    this.#host.changed(file, () => file.content.truncate(bytes))
  }

  setMetadata(metadata: FileMetadata): NotSet[] {
    this.#enter('setMetadata')
    return this.#host.setMetadata(this.#inode, metadata)
  }

  sync(): void {
    const content = this.#inode.kind === 'file' ? this.#inode.content : undefined
    try {
      this.#enter('sync')
    } catch (error) {
      content?.failSync()
      throw error
    }
    if (!this.#host.lyingSync) content?.sync()
  }

  [Symbol.dispose](): void {
    if (!this.#open) return
    this.#open = false
    if (this.#inode.kind !== 'file') return
    this.#inode.handles--
    this.#host.closed(this.#inode)
  }

  #enter(kind: DiskCallKind): FileInode | undefined {
    if (!this.#open) throw systemError('EBADF', kind, this.#path)
    this.#host.enter(kind, this.#path)
    return this.#inode.kind === 'file' ? this.#inode : undefined
  }

  #enterToWrite(kind: DiskCallKind): FileInode {
    const file = this.#enter(kind)
    if (file === undefined || !this.#writable) throw systemError('EBADF', kind, this.#path)
    return file
  }
}

export class UnnamedMemoryFile extends MemoryFile implements UnnamedFile {
  readonly giveName: (path: BytePath) => void

  constructor(host: FileHost, path: BytePath, inode: FileInode, giveName: (path: BytePath) => void) {
    super(host, path, inode, true)
    this.giveName = giveName
  }
}
