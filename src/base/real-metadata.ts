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

/** Owner before mode, because a change of owner clears setuid; times last, because all else is a change. */
export function setMetadata(native: PosixCalls | undefined, path: BytePath, metadata: FileMetadata): NotSet[] {
  const { owner, mode, xattrs, mtimeNs } = metadata
  const notSet: NotSet[] = []
  const record = (what: NotSet['what'], cause: string | undefined) => {
    // Nothing there is no matter of what the system supports.
    if (cause === 'ENOENT' || cause === 'ENOTDIR') throw systemError(cause, 'setMetadata', path)
    if (cause !== undefined) notSet.push({ what, cause })
  }
  if (owner !== undefined)
    record(
      'owner',
      causeOf(() => fs.lchownSync(pathToBytes(path), owner.uid, owner.gid)),
    )
  if (mode !== undefined) record('mode', setMode(native, path, mode))
  if (xattrs !== undefined && xattrs.size > 0) record('xattrs', setXattrs(native, path, xattrs))
  if (mtimeNs !== undefined) record('mtime', setMtime(native, path, mtimeNs))
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
function setXattrs(
  native: PosixCalls | undefined,
  path: BytePath,
  xattrs: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  if (native === undefined) return 'ENOTSUP'
  const target = endedByZero(path)
  let first: string | undefined
  for (const [name, value] of xattrs) {
    const cause = native.setXattr(target, endedByZero(name), value)
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

function causeOf(act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return codeOf(error)
  }
}

/** A zero byte inside would end the name early, and name another file. */
function endedByZero(path: string): Buffer {
  if (path.includes('\0')) throw systemError('EINVAL', 'path', path)
  return Buffer.from(`${path}\0`, 'latin1')
}
