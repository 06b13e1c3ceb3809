import fs, { constants } from 'node:fs'
import { codeOf } from './errors.ts'
import { type BytePath, pathToBytes } from './paths.ts'
import type {
  Disk,
  DiskFile,
  FileKind,
  FileMetadata,
  HeldFolder,
  NotSet,
  OpenMode,
  Stat,
  UnnamedFile,
} from './ports.ts'
import { loadPosixCalls, type PosixCalls } from './posix-calls.ts'
import { endedByZero, readXattrs, setMetadata, setMetadataOf } from './real-metadata.ts'
import { systemError } from './system-error.ts'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** O_NONBLOCK: a fifo put in the place of a file must not hold the thread for ever; on files it does nothing. */
const openFlags: Record<OpenMode, number> = {
  read: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
  write: constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
}
/** O_TMPFILE of linux/fcntl.h, which Node does not name: a bit of its own and O_DIRECTORY, which is another one on ARM. */
const O_TMPFILE = 0o20000000 | (constants.O_DIRECTORY ?? 0)
/** What kernels and file systems say that do not know it. */
const NO_UNNAMED = ['EISDIR', 'EINVAL', 'EOPNOTSUPP']
const folderFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** Loaded once a thread: binding the calls takes milliseconds. */
let posixCalls: { value: PosixCalls | undefined } | undefined

/** `native: false` does without node:ffi, as on the systems that lack it. */
export function realDisk(options: { native?: boolean } = {}): Disk {
  posixCalls ??= { value: loadPosixCalls() }
  const native = options.native === false ? undefined : posixCalls.value
  return {
    open: (path, mode) => new RealFile(native, fs.openSync(pathToBytes(path), openFlags[mode], FILE_MODE)),
    openUnnamed: (folder) => openUnnamed(native, folder),
    list,
    stat: (path) => statOf(fs.lstatSync(pathToBytes(path), { bigint: true })),
    makeFolder: (path) => fs.mkdirSync(pathToBytes(path), FOLDER_MODE),
    makeSymlink: (path, target) => fs.symlinkSync(pathToBytes(target), pathToBytes(path)),
    readSymlink: (path) => fs.readlinkSync(pathToBytes(path), 'latin1') as BytePath,
    makeHardLink: (path, existing) => fs.linkSync(pathToBytes(existing), pathToBytes(path)),
    rename: (from, to) => fs.renameSync(pathToBytes(from), pathToBytes(to)),
    removeFile: (path) => fs.unlinkSync(pathToBytes(path)),
    removeFolder: (path) => fs.rmdirSync(pathToBytes(path)),
    syncFolder,
    xattrs: (path) => readXattrs(native, path),
    setMetadata: (path, metadata) => setMetadata(native, path, metadata),
    space,
    holdFolder,
  }
}

class RealFile implements DiskFile {
  readonly #native: PosixCalls | undefined
  #fd: number

  constructor(native: PosixCalls | undefined, fd: number) {
    this.#native = native
    this.#fd = fd
  }

  get fd(): number {
    return this.#fd
  }

  stat(): Stat {
    return statOf(fs.fstatSync(this.#fd, { bigint: true }))
  }

  read(into: Uint8Array, at: number): number {
    let done = 0
    while (done < into.byteLength) {
      const count = fs.readSync(this.#fd, into, done, into.byteLength - done, at + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  write(bytes: Uint8Array, at: number): void {
    let done = 0
    while (done < bytes.byteLength) {
      const count = fs.writeSync(this.#fd, bytes, done, bytes.byteLength - done, at + done)
      // A write of nothing without an error would loop for ever.
      if (count === 0) throw systemError('EIO', 'write')
      done += count
    }
  }

  truncate(bytes: number): void {
    fs.ftruncateSync(this.#fd, bytes)
  }

  setMetadata(metadata: FileMetadata): NotSet[] {
    return setMetadataOf(this.#native, this.#fd, metadata)
  }

  sync(): void {
    fs.fsyncSync(this.#fd)
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return
    const fd = this.#fd
    this.#fd = -1
    fs.closeSync(fd)
  }
}

class UnnamedRealFile extends RealFile implements UnnamedFile {
  readonly #linkOpen: PosixCalls['linkOpen']

  constructor(native: PosixCalls, fd: number) {
    super(native, fd)
    this.#linkOpen = native.linkOpen
  }

  giveName(path: BytePath): void {
    const cause = this.#linkOpen(this.fd, endedByZero(path))
    // EPERM: the system lets nobody link files that he does not own, and the owner was changed.
    if (cause !== undefined) throw systemError(cause === 'EPERM' ? 'ENOTSUP' : cause, 'link', path)
  }
}

function openUnnamed(native: PosixCalls | undefined, folder: BytePath): UnnamedFile {
  if (native === undefined) throw systemError('ENOTSUP', 'open', folder)
  try {
    return new UnnamedRealFile(native, fs.openSync(pathToBytes(folder), O_TMPFILE | constants.O_RDWR, FILE_MODE))
  } catch (error) {
    throw NO_UNNAMED.includes(codeOf(error)) ? systemError('ENOTSUP', 'open', folder) : error
  }
}

function list(path: BytePath): BytePath[] {
  using held = holdFolder(path)
  return fs.readdirSync(pathToBytes(held.path), { encoding: 'latin1' }) as BytePath[]
}

function syncFolder(path: BytePath): void {
  // Windows cannot open folders, and makes renames durable by itself.
  if (process.platform === 'win32') return
  const fd = fs.openSync(pathToBytes(path), folderFlags)
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

function holdFolder(path: BytePath): HeldFolder {
  if (process.platform !== 'linux') {
    const kind = statOf(fs.lstatSync(pathToBytes(path), { bigint: true })).kind
    if (kind !== 'folder') throw systemError(kind === 'symlink' ? 'ELOOP' : 'ENOTDIR', 'open', path)
    return { path, [Symbol.dispose]: () => undefined }
  }
  const fd = fs.openSync(pathToBytes(path), folderFlags)
  let open = true
  return {
    // With the dot, the link of /proc is no last component: the path can itself be held, listed, synced.
    path: `/proc/self/fd/${fd}/.` as BytePath,
    [Symbol.dispose]: () => {
      if (open) fs.closeSync(fd)
      open = false
    },
  }
}

function space(path: BytePath): { freeBytes: number; totalBytes: number } {
  const { bsize, bavail, blocks } = fs.statfsSync(pathToBytes(path), { bigint: true })
  return { freeBytes: Number(bavail * bsize), totalBytes: Number(blocks * bsize) }
}

const kinds: Readonly<Record<number, FileKind>> = {
  [constants.S_IFREG]: 'file',
  [constants.S_IFDIR]: 'folder',
  [constants.S_IFLNK]: 'symlink',
  [constants.S_IFSOCK]: 'socket',
  [constants.S_IFIFO]: 'fifo',
}

function statOf(stat: fs.BigIntStats): Stat {
  const mode = Number(stat.mode)
  return {
    kind: kinds[mode & constants.S_IFMT] ?? 'device',
    mode: mode & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    bytes: Number(stat.size),
    allocatedBytes: Number(stat.blocks) * 512,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    device: Number(stat.dev),
    inode: stat.ino,
    links: Number(stat.nlink),
  }
}
