/**
 * The few calls of libc that Node does not offer: times in nanoseconds, modes that do not follow links, extended
 * attributes. Loaded through node:ffi, which is experimental: `undefined` where it, or glibc and musl, are absent.
 */
import { getSystemErrorName } from 'node:util'

type Ffi = typeof import('node:ffi')

const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const AT_SYMLINK_FOLLOW = 0x400
const AT_EMPTY_PATH = 0x1000
const EMPTY_PATH = Uint8Array.of(0)
/** `tv_nsec` that leaves a time as it is. Source: linux/stat.h. */
const UTIME_OMIT = 0x3ffffffen
const NS_PER_SECOND = 1_000_000_000n
/** XATTR_SIZE_MAX and XATTR_LIST_MAX of Linux: nothing longer exists. */
const XATTR_BYTES_MAX = 64 * 1024

/** Each call answers 0 (or a length) or the name of the error, as `ENOTSUP`. Paths end with a zero byte. */
export interface PosixCalls {
  setMtime(path: Uint8Array, mtimeNs: bigint): string | undefined
  setMode(path: Uint8Array, mode: number): string | undefined
  /** The raw names, each ended by a zero byte; a view that the next call overwrites. */
  listXattrs(path: Uint8Array): Uint8Array | string
  getXattr(path: Uint8Array, name: Uint8Array): Uint8Array | string
  setXattr(path: Uint8Array, name: Uint8Array, value: Uint8Array): string | undefined
  setMtimeOf(fd: number, mtimeNs: bigint): string | undefined
  setXattrOf(fd: number, name: Uint8Array, value: Uint8Array): string | undefined
  /** A name for an open file that has none. */
  linkOpen(fd: number, path: Uint8Array): string | undefined
}

export function loadPosixCalls(): PosixCalls | undefined {
  if (process.platform !== 'linux') return undefined
  const ffi = loadFfi()
  if (ffi === undefined) return undefined
  for (const library of ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]) {
    const calls = bind(ffi, library)
    if (calls !== undefined) return calls
  }
  return undefined
}

/** Loads node:ffi without its warning: we know that it is experimental, and do without it where it is absent. */
function loadFfi(): Ffi | undefined {
  const emitWarning = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule('node:ffi')
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  } finally {
    process.emitWarning = emitWarning
  }
}

function bind(ffi: Ffi, library: string): PosixCalls | undefined {
  const functions = openLibrary(ffi, library)
  if (functions === undefined) return undefined
  const scratch = new Uint8Array(XATTR_BYTES_MAX)
  const scratchBytes = BigInt(XATTR_BYTES_MAX)
  // struct timespec[2]: access time left alone, modification time.
  const times = new BigInt64Array([0n, UTIME_OMIT, 0n, 0n])
  const timesBytes = new Uint8Array(times.buffer)
  const timespecs = (mtimeNs: bigint) => {
    fillTime(times, mtimeNs)
    return timesBytes
  }
  // One errno a thread, at an address that does not change; this module is loaded once a thread.
  const errnoAt = functions.__errno_location()
  // errno is read before anything else can run on this thread.
  const failure = () => getSystemErrorName(-ffi.getInt32(errnoAt, 0))
  const outcome = (result: number) => (result === 0 ? undefined : failure())
  const filled = (length: bigint) => (length < 0n ? failure() : scratch.subarray(0, Number(length)))
  return {
    setMtime: (path, mtimeNs) => outcome(functions.utimensat(AT_FDCWD, path, timespecs(mtimeNs), AT_SYMLINK_NOFOLLOW)),
    setMode: (path, mode) => outcome(functions.fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW)),
    listXattrs: (path) => filled(functions.llistxattr(path, scratch, scratchBytes)),
    getXattr: (path, name) => filled(functions.lgetxattr(path, name, scratch, scratchBytes)),
    setXattr: (path, name, value) => outcome(functions.lsetxattr(path, name, value, BigInt(value.byteLength), 0)),
    setMtimeOf: (fd, mtimeNs) => outcome(functions.futimens(fd, timespecs(mtimeNs))),
    setXattrOf: (fd, name, value) => outcome(functions.fsetxattr(fd, name, value, BigInt(value.byteLength), 0)),
    linkOpen: (fd, path) => {
      const cause = outcome(functions.linkat(fd, EMPTY_PATH, AT_FDCWD, path, AT_EMPTY_PATH))
      if (cause !== 'ENOENT') return cause
      // Before Linux 6.10 a privilege, which it denies by that error; the link in /proc leads there as well.
      const from = Buffer.from(`/proc/self/fd/${fd}\0`)
      return outcome(functions.linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
    },
  }
}

function openLibrary(ffi: Ffi, library: string) {
  try {
    return ffi.dlopen(library, {
      __errno_location: { return: 'pointer', arguments: [] },
      utimensat: { return: 'i32', arguments: ['i32', 'pointer', 'pointer', 'i32'] },
      fchmodat: { return: 'i32', arguments: ['i32', 'pointer', 'u32', 'i32'] },
      llistxattr: { return: 'i64', arguments: ['pointer', 'pointer', 'u64'] },
      lgetxattr: { return: 'i64', arguments: ['pointer', 'pointer', 'pointer', 'u64'] },
      lsetxattr: { return: 'i32', arguments: ['pointer', 'pointer', 'pointer', 'u64', 'i32'] },
      futimens: { return: 'i32', arguments: ['i32', 'pointer'] },
      fsetxattr: { return: 'i32', arguments: ['i32', 'pointer', 'pointer', 'u64', 'i32'] },
      linkat: { return: 'i32', arguments: ['i32', 'pointer', 'i32', 'pointer', 'i32'] },
    } as const).functions
  } catch (error) {
    // Another libc: the next name is tried, and without any of them restores report what they could not set.
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Seconds round down so that 1969 works. */
function fillTime(times: BigInt64Array, mtimeNs: bigint): void {
  const nanoseconds = ((mtimeNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND
  times[2] = (mtimeNs - nanoseconds) / NS_PER_SECOND
  times[3] = nanoseconds
}
