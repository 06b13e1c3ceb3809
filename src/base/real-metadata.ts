import fs from 'node:fs'
import { codeOf } from './errors.ts'
import { type BytePath, pathToBytes } from './paths.ts'
import type { FileMetadata, NotSet } from './ports.ts'
import type { PosixCalls } from './posix-calls.ts'
import { systemError } from './system-error.ts'

const noXattrs: ReadonlyMap<string, Uint8Array> = new Map()
const NS_PER_SECOND = 1e9

/** Names one byte a character, as in BytePath. Without native calls nothing can be told: none. */
export function readXattrs(native: PosixCalls | undefined, path: BytePath): ReadonlyMap<string, Uint8Array> {
  if (native === undefined) return noXattrs
  const target = endedByZero(path)
  const names = native.listXattrs(target)
  if (typeof names === 'string') {
    if (names === 'ENOTSUP') return noXattrs
    throw systemError(names, 'llistxattr', path)
  }
  if (names.byteLength === 0) return noXattrs
  const found = new Map<string, Uint8Array>()
  for (const name of Buffer.from(names).toString('latin1').split('\0')) {
    if (name === '') continue
    const value = native.getXattr(target, endedByZero(name))
    if (typeof value !== 'string') found.set(name, Uint8Array.from(value))
    // ENODATA: removed since the names were listed. ENOTSUP: named, but without a value to keep.
    else if (value !== 'ENODATA' && value !== 'ENOTSUP') throw systemError(value, 'lgetxattr', path)
  }
  return found
}

/** The four changes of a path or of an open file; each answers why it was refused. */
interface Setters {
  readonly path: BytePath | undefined
  owner(owner: { readonly uid: number; readonly gid: number }): string | undefined
  mode(mode: number): string | undefined
  xattr(name: Buffer, value: Uint8Array): string | undefined
  mtime(mtimeNs: bigint): string | undefined
}

export function setMetadata(native: PosixCalls | undefined, path: BytePath, metadata: FileMetadata): NotSet[] {
  return setAll(metadata, {
    path,
    owner: ({ uid, gid }) => causeOf(() => fs.lchownSync(pathToBytes(path), uid, gid)),
    mode: (mode) => setMode(native, path, mode),
    xattr: (name, value) => (native === undefined ? 'ENOTSUP' : native.setXattr(endedByZero(path), name, value)),
    mtime: (mtimeNs) => setMtime(native, path, mtimeNs),
  })
}

/** Cheaper than by a path, and to the very file that was written. */
export function setMetadataOf(native: PosixCalls | undefined, fd: number, metadata: FileMetadata): NotSet[] {
  return setAll(metadata, {
    path: undefined,
    owner: ({ uid, gid }) => causeOf(() => fs.fchownSync(fd, uid, gid)),
    mode: (mode) => causeOf(() => fs.fchmodSync(fd, mode)),
    xattr: (name, value) => (native === undefined ? 'ENOTSUP' : native.setXattrOf(fd, name, value)),
    mtime: (mtimeNs) => (native === undefined ? setMtimeInSeconds(fd, mtimeNs) : native.setMtimeOf(fd, mtimeNs)),
  })
}

/** Owner before mode, because a change of owner clears setuid; times last, because all else is a change. */
function setAll({ owner, mode, xattrs, mtimeNs }: FileMetadata, setters: Setters): NotSet[] {
  const notSet: NotSet[] = []
  const record = (what: NotSet['what'], cause: string | undefined) => {
    // Nothing there is no matter of what the system supports.
    if (cause === 'ENOENT' || cause === 'ENOTDIR') throw systemError(cause, 'setMetadata', setters.path)
    if (cause !== undefined) notSet.push({ what, cause })
  }
  if (owner !== undefined) record('owner', setters.owner(owner))
  if (mode !== undefined) record('mode', setters.mode(mode))
  if (xattrs !== undefined && xattrs.size > 0) record('xattrs', setXattrs(setters, xattrs))
  if (mtimeNs !== undefined) record('mtime', setters.mtime(mtimeNs))
  return notSet
}

/** A symbolic link has no mode of its own: nothing to set, nothing to tell. */
function setMode(native: PosixCalls | undefined, path: BytePath, mode: number): string | undefined {
  if (native === undefined) {
    return causeOf(() => {
      if (!fs.lstatSync(pathToBytes(path)).isSymbolicLink()) fs.chmodSync(pathToBytes(path), mode)
    })
  }
  const cause = native.setMode(endedByZero(path), mode)
  if (cause === 'ENOTSUP' && fs.lstatSync(pathToBytes(path)).isSymbolicLink()) return undefined
  return cause
}

/** Sets all it can; the first refusal is the one told. */
function setXattrs(setters: Setters, xattrs: ReadonlyMap<string, Uint8Array>): string | undefined {
  let first: string | undefined
  for (const [name, value] of xattrs) {
    const cause = setters.xattr(endedByZero(name), value)
    first ??= cause
  }
  return first
}

function setMtime(native: PosixCalls | undefined, path: BytePath, mtimeNs: bigint): string | undefined {
  if (native !== undefined) return native.setMtime(endedByZero(path), mtimeNs)
  return causeOf(() => {
    const target = pathToBytes(path)
    const { atimeNs } = fs.lstatSync(target, { bigint: true })
    fs.lutimesSync(target, Number(atimeNs) / NS_PER_SECOND, Number(mtimeNs) / NS_PER_SECOND)
    // Seconds as a double keep about 100 ns.
    if (fs.lstatSync(target, { bigint: true }).mtimeNs !== mtimeNs) throw systemError('PRECISION', 'lutimes', path)
  })
}

/** Seconds as a double keep about 100 ns. */
function setMtimeInSeconds(fd: number, mtimeNs: bigint): string | undefined {
  return causeOf(() => {
    const { atimeNs } = fs.fstatSync(fd, { bigint: true })
    fs.futimesSync(fd, Number(atimeNs) / NS_PER_SECOND, Number(mtimeNs) / NS_PER_SECOND)
    if (fs.fstatSync(fd, { bigint: true }).mtimeNs !== mtimeNs) throw systemError('PRECISION', 'futimes')
  })
}

function causeOf(act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return codeOf(error)
  }
}

/** A zero byte inside would end the name early, and name another file. */
export function endedByZero(path: string): Buffer {
  if (path.includes('\0')) throw systemError('EINVAL', 'path', path)
  return Buffer.from(`${path}\0`, 'latin1')
}
