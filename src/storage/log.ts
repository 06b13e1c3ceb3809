/**
 * The log of a vault: sealed, hash-chained frames in `log/00000001.log`. The truth about what the vault holds.
 * docs/formats/log.md.
 */
import {
  type BytePath,
  bytesEqual,
  codeOf,
  concatBytes,
  DatisError,
  type Disk,
  type DiskFile,
  ensureFolder,
  fromHex,
  ignoring,
  joinPath,
  MiB,
  type Random,
  removeTree,
} from '#base'
import {
  EMPTY_LOG,
  type Frame,
  framesIn,
  hashOfFrame,
  type Keyring,
  open,
  SEAL_OVERHEAD_BYTES,
  type SealContext,
  seal,
} from '#crypto'
import { SEAL_TYPE } from './group.ts'
import type { AppliedFrame } from './index-apply.ts'
import {
  bindingOfFrame,
  frameAfter,
  frameAlone,
  hasLaterFrame,
  LOG_FRAME_BYTES_MAX,
  type LogFrame,
  wholeFrames,
} from './log-frames.ts'
import { recordsToAppend } from './log-merge.ts'
import { decodeRecords, encodeRecords, LOG_BATCH_BYTES_MAX } from './log-record.ts'
import { diskFull, type VaultPaths } from './pack-files.ts'
import type { LogEnd, LogRecord } from './types.ts'

const PART_NAME = '00000001.log'
/** Lies beside the log after a failed fsync: the next open writes the log anew before it trusts it. */
const UNCERTAIN_NAME = 'uncertain'
const PAD_BYTES = 256
const LENGTH_BYTES = 4
const READ_BYTES = 4 * MiB

export interface LogDeps {
  readonly disk: Disk
  readonly random: Random
}

export interface LogOptions {
  readonly paths: VaultPaths
  readonly keyring: Keyring
  /** How far the index came: frames up to there were acknowledged, so none of them may be cut as torn. */
  readonly applied: LogEnd
}

export class VaultLog {
  readonly #disk: Disk
  readonly #random: Random
  readonly #paths: VaultPaths
  readonly #path: BytePath
  readonly #keyring: Keyring
  /** Where each frame starts; one number more than there are frames. */
  #offsets: number[] = [0]
  #end: LogEnd = EMPTY_LOG
  #uncertain = false

  private constructor({ disk, random }: LogDeps, { paths, keyring }: LogOptions) {
    this.#disk = disk
    this.#random = random
    this.#paths = paths
    this.#path = joinPath(paths.log, PART_NAME)
    this.#keyring = keyring
  }

  static open(deps: LogDeps, options: LogOptions): VaultLog {
    const log = new VaultLog(deps, options)
    log.#makeFile()
    log.#rewriteIfUncertain()
    log.#readFrames(options.applied)
    return log
  }

  end(): LogEnd {
    return this.#end
  }

  /** Whether the log once ended there. */
  contains(end: LogEnd): boolean {
    if (end.frames === 0) return true
    if (end.frames > this.#end.frames) return false
    return hashOfFrame(this.frames(end.frames - 1, 1)) === end.hash
  }

  /** One write, one fsync. When it returns, the records survive a power cut. */
  append(records: readonly LogRecord[]): void {
    const frame = this.#seal(encodeRecords(records))
    this.#write([frame])
  }

  /** Frames that follow the end, from a host. Each must open: a host cannot put in what is not ours. */
  adopt(bytes: Uint8Array): void {
    const { frames, usedBytes } = wholeFrames(bytes, this.#end)
    if (usedBytes !== bytes.byteLength) throw broken('the frames end inside a frame', this.#end.frames + frames.length)
    for (const frame of frames) this.#open(frame)
    this.#write(frames)
  }

  /**
   * A history of hosts in place of what stands behind one of our frames: `pages`, the first of which begins at or before
   * the last frame that both have, then our own records behind it, sealed again. One rename: after a crash the log is the
   * old or the new one. LOG_BROKEN, and nothing has changed, when the pages do not begin in our log, chain or open.
   */
  rebase(pages: readonly Uint8Array[]): void {
    if (this.#uncertain) throw logUncertain()
    const { base, theirs } = this.#beyondOurs(pages)
    const folder = joinPath(this.#paths.tmp, 'log')
    ignoring(['ENOENT'], () => removeTree(this.#disk, folder))
    ensureFolder(this.#disk, folder)
    this.#copyTo(joinPath(folder, PART_NAME), this.#offset(base.frames))
    const deps = { disk: this.#disk, random: this.#random }
    const paths = { ...this.#paths, log: folder }
    const log = VaultLog.open(deps, { paths, keyring: this.#keyring, applied: base })
    for (const page of theirs) log.adopt(page)
    const ours = [...this.framesAfter(base)].map(({ records }) => records)
    const fresh = [...log.framesAfter(base)].flatMap(({ records }) => records)
    for (const batch of recordsToAppend(fresh, ours)) log.append(batch)
    this.#takeFrom(joinPath(folder, PART_NAME))
    this.#offsets = log.#offsets
    this.#end = log.#end
  }

  #takeFrom(path: BytePath): void {
    try {
      this.#disk.rename(path, this.#path)
      this.#disk.syncFolder(this.#paths.log)
    } catch (error) {
      throw this.#becomeUncertain(error)
    }
  }

  /** The last end that we share with `pages`, and the pages without the frames before it. */
  #beyondOurs(pages: readonly Uint8Array[]): { base: LogEnd; theirs: Uint8Array[] } {
    const [first = new Uint8Array(0), ...rest] = pages
    let base: LogEnd | undefined
    let known = 0
    for (const frame of framesIn(first)) {
      base ??= { frames: frame.number, hash: frame.previous }
      const end = { frames: frame.number + 1, hash: hashOfFrame(frame.bytes) }
      if (!this.contains(end)) break
      base = end
      known += frame.bytes.byteLength
    }
    if (base === undefined || !this.contains(base)) throw broken('it has nothing in common with that of hosts', 0)
    return { base, theirs: [first.subarray(known), ...rest].filter(({ byteLength }) => byteLength > 0) }
  }

  frames(from: number, bytesMax: number): Uint8Array {
    const start = this.#offsets[from]
    if (start === undefined || from >= this.#end.frames) return new Uint8Array(0)
    let to = from + 1
    while (to < this.#end.frames && this.#offset(to + 1) - start <= bytesMax) to++
    return this.#read(start, this.#offset(to))
  }

  *records(): Iterable<LogRecord> {
    for (const frame of this.framesAfter(EMPTY_LOG)) yield* frame.records
  }

  /** Opened frames beyond `from`. LOG_BROKEN when the log does not contain that end: another branch, or older. */
  *framesAfter(from: LogEnd): Iterable<AppliedFrame> {
    if (from.frames > this.#end.frames) throw broken('it is shorter than what was acknowledged', from.frames)
    let end = from
    while (end.frames < this.#end.frames) {
      const { frames } = wholeFrames(this.frames(end.frames, READ_BYTES), end)
      for (const frame of frames) {
        end = { frames: frame.number + 1, hash: frame.hash }
        yield { end, records: this.#open(frame) }
      }
    }
  }

  // ------------------------------------------------------------------------------------------ sealing

  #context(number: number, previous: Uint8Array, plainBytes: number): SealContext {
    return {
      key: this.#keyring.logKey,
      purpose: 'log-frame',
      box: this.#keyring.box,
      // A log has no id besides its box.
      id: new Uint8Array(0),
      binding: previous,
      fields: { type: SEAL_TYPE.logFrame, generation: 0, codec: 0, position: number, plainBytes },
    }
  }

  #seal(batch: Uint8Array): LogFrame {
    if (batch.byteLength > LOG_BATCH_BYTES_MAX) {
      throw new DatisError('LOG_BATCH_TOO_LARGE', 'Too much for one frame of the log.', { bytes: batch.byteLength })
    }
    const plain = padBatch(batch)
    const context = this.#context(this.#end.frames, fromHex(this.#end.hash), plain.byteLength)
    return frameAfter(this.#end, seal(context, plain, this.#random.bytes(32)))
  }

  #open(frame: Frame): LogRecord[] {
    const plainBytes = frame.sealed.byteLength - SEAL_OVERHEAD_BYTES
    const context = this.#context(frame.number, bindingOfFrame(frame), plainBytes)
    try {
      return decodeRecords(batchOf(open(context, frame.sealed)))
    } catch (cause) {
      throw broken('a frame does not open', frame.number, cause)
    }
  }

  // ------------------------------------------------------------------------------------------ the file

  #offset(frame: number): number {
    const offset = this.#offsets[frame]
    if (offset === undefined) throw broken('a frame is asked for that is not there', frame)
    return offset
  }

  #read(start: number, end: number): Uint8Array {
    using file = this.#disk.open(this.#path, 'read')
    return readRange(file, start, end)
  }

  #write(frames: readonly LogFrame[]): void {
    if (this.#uncertain) throw logUncertain()
    const bytes = concatBytes(...frames.map((frame) => frame.bytes))
    using file = this.#disk.open(this.#path, 'write')
    const at = this.#offset(this.#end.frames)
    this.#writeAt(file, bytes, at)
    this.#sync(file)
    for (const frame of frames) this.#count(frame)
  }

  #count(frame: LogFrame): void {
    this.#offsets.push(this.#offset(frame.number) + frame.bytes.byteLength)
    this.#end = { frames: frame.number + 1, hash: frame.hash }
  }

  #writeAt(file: DiskFile, bytes: Uint8Array, at: number): void {
    try {
      file.write(bytes, at)
    } catch (error) {
      // Part of a frame may be there. Nothing of it was acknowledged: cut it, and the log is as before.
      this.#cut(file, at, error)
      throw diskFull(error, this.#disk, this.#paths, bytes.byteLength)
    }
  }

  #cut(file: DiskFile, at: number, reason: unknown): void {
    try {
      file.truncate(at)
    } catch (error) {
      throw this.#becomeUncertain(new AggregateError([reason, error], 'a torn frame could not be cut'))
    }
  }

  #sync(file: DiskFile): void {
    try {
      file.sync()
    } catch (error) {
      throw this.#becomeUncertain(error)
    }
  }

  /** Security rule 8: after a failed fsync nobody knows what is on the disk. No second try on this file. */
  #becomeUncertain(cause: unknown): DatisError {
    this.#uncertain = true
    try {
      using _mark = this.#disk.open(joinPath(this.#paths.log, UNCERTAIN_NAME), 'write')
    } catch (error) {
      // The mark is a help for the next open, no more: a disk that fails here fails there as well.
      return logUncertain(new AggregateError([cause, error]))
    }
    return logUncertain(cause)
  }

  // ------------------------------------------------------------------------------------------ opening

  #makeFile(): void {
    using file = this.#disk.open(this.#path, 'write')
    // Its name must be durable before the first frame is acknowledged.
    file.sync()
    this.#disk.syncFolder(this.#paths.log)
  }

  #rewriteIfUncertain(): void {
    const mark = joinPath(this.#paths.log, UNCERTAIN_NAME)
    if (!exists(this.#disk, mark)) return
    const copy = joinPath(this.#paths.tmp, PART_NAME)
    this.#copyTo(copy)
    this.#disk.rename(copy, this.#path)
    this.#disk.syncFolder(this.#paths.log)
    this.#disk.removeFile(mark)
    this.#disk.syncFolder(this.#paths.log)
  }

  #copyTo(path: BytePath, bytesMax = Number.POSITIVE_INFINITY): void {
    using from = this.#disk.open(this.#path, 'read')
    using to = this.#disk.open(path, 'create')
    const bytes = Math.min(from.stat().bytes, bytesMax)
    for (let at = 0; at < bytes; at += READ_BYTES) to.write(readRange(from, at, Math.min(bytes, at + READ_BYTES)), at)
    to.sync()
  }

  #readFrames(applied: LogEnd): void {
    using file = this.#disk.open(this.#path, 'write')
    const { bytes } = file.stat()
    let last: LogFrame | undefined
    for (;;) {
      const at = this.#offset(this.#end.frames)
      const window = readRange(file, at, Math.min(bytes, at + READ_BYTES + LOG_FRAME_BYTES_MAX))
      const { frames } = wholeFrames(window, this.#end)
      if (frames.length === 0) break
      for (const frame of frames) this.#count(frame)
      last = frames.at(-1)
    }
    this.#cutTorn(file, bytes, last, applied)
  }

  /**
   * Only the last frame can be torn: each was fsynced before the next was written. Whatever else does not fit is
   * damage, and cutting it would forget what was acknowledged.
   */
  #cutTorn(file: DiskFile, bytes: number, last: LogFrame | undefined, applied: LogEnd): void {
    const tail = readRange(file, this.#offset(this.#end.frames), bytes)
    if (tail.byteLength > 0 && !this.#isTorn(tail)) throw broken('its chain ends in its middle', this.#end.frames)
    // The length of a torn frame may have come to the disk without its content.
    if (tail.byteLength === 0 && last && !this.#opens(last)) this.#uncount(last)
    if (applied.frames > this.#end.frames) throw broken('it is shorter than what was acknowledged', applied.frames)
    const end = this.#offset(this.#end.frames)
    if (end === bytes) return
    file.truncate(end)
    file.sync()
  }

  /** What a power cut left of one frame has no frame behind it, and is not a frame of ours with another history. */
  #isTorn(tail: Uint8Array): boolean {
    if (tail.byteLength > LOG_FRAME_BYTES_MAX || hasLaterFrame(tail, this.#end.frames)) return false
    const frame = frameAlone(tail)
    return !frame || !this.#opens(frame)
  }

  #uncount(frame: LogFrame): void {
    this.#offsets.pop()
    this.#end = { frames: frame.number, hash: frame.previous }
  }

  #opens(frame: Frame): boolean {
    try {
      this.#open(frame)
      return true
    } catch (error) {
      if (codeOf(error) === 'LOG_BROKEN') return false
      throw error
    }
  }
}

function readRange(file: DiskFile, start: number, end: number): Uint8Array {
  if (end <= start) return new Uint8Array(0)
  const bytes = Buffer.allocUnsafeSlow(end - start)
  return bytes.subarray(0, file.read(bytes, start))
}

function exists(disk: Disk, path: BytePath): boolean {
  try {
    disk.stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Length, batch, zeros up to a multiple of 256: a host learns little of what a frame says. */
function padBatch(batch: Uint8Array): Uint8Array {
  const plain = Buffer.alloc(Math.ceil((LENGTH_BYTES + batch.byteLength) / PAD_BYTES) * PAD_BYTES)
  plain.writeUInt32LE(batch.byteLength, 0)
  plain.set(batch, LENGTH_BYTES)
  return plain
}

function batchOf(plain: Uint8Array): Uint8Array {
  const view = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
  const length = view.byteLength < LENGTH_BYTES ? -1 : view.readUInt32LE(0)
  if (length < 0 || length > view.byteLength - LENGTH_BYTES) {
    throw new DatisError('FORMAT_INVALID', 'A log frame has a wrong length inside.', { what: 'log frame', length })
  }
  const batch = plain.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
  const padding = plain.subarray(LENGTH_BYTES + length)
  if (!bytesEqual(padding, new Uint8Array(padding.byteLength))) {
    throw new DatisError('FORMAT_INVALID', 'A log frame is not padded with zeros.', { what: 'log frame' })
  }
  return batch
}

function broken(reason: string, frame: number, cause?: unknown): DatisError {
  return new DatisError('LOG_BROKEN', 'The log of the vault is broken.', { reason, frame }, { cause })
}

function logUncertain(cause?: unknown): DatisError {
  return new DatisError(
    'LOG_UNCERTAIN',
    'The disk failed while the log was written; the vault takes nothing more until it is opened again.',
    {},
    { cause },
  )
}
