/**
 * A hosted log on disk. docs/formats/hosting.md
 *
 *     log/<8 digits>.log   frames as received, back to back
 *     log/marks            48 bytes a frame: file u32, offset u32, length u32, check u32, SHA-256 of the frame (32)
 *
 * A mark is written after the fsync of its frame and fsynced before the answer: a frame with a mark is one that was
 * promised, one without is a torn tail. Without marks a half-written last frame would look like another branch.
 */
import { type BytePath, bytesEqual, type Disk, ensureFolder, ignoring, joinPath, MiB, toHex, writeDurably } from '#base'
import { EMPTY_LOG, FRAME_BYTES_MAX, hashOfFrame, type LogEnd, sha256 } from '#crypto'

const MARK_BYTES = 48
export const LOG_FILE_BYTES_TARGET = 16 * MiB
/** 1.3 million frames: a snapshot an hour for a century. */
const MARKS_BYTES_MAX = 64 * MiB
/** Of one log: a mark of each is in memory, and marks beyond that would not be read again. */
export const LOG_FRAMES_MAX = Math.floor(MARKS_BYTES_MAX / MARK_BYTES)

export interface LogMark {
  readonly file: number
  readonly at: number
  readonly bytes: number
  readonly hash: string
}

function logFileName(file: number): string {
  return `${String(file).padStart(8, '0')}.log`
}

function encodeMarks(marks: readonly LogMark[]): Uint8Array {
  const bytes = new Uint8Array(marks.length * MARK_BYTES)
  marks.forEach((mark, index) => {
    const one = bytes.subarray(index * MARK_BYTES, (index + 1) * MARK_BYTES)
    const view = new DataView(one.buffer, one.byteOffset, MARK_BYTES)
    view.setUint32(0, mark.file, true)
    view.setUint32(4, mark.at, true)
    view.setUint32(8, mark.bytes, true)
    one.set(Buffer.from(mark.hash, 'hex'), 16)
    one.set(checkOf(one), 12)
  })
  return bytes
}

/** Marks up to the first that is torn or does not follow the one before. */
function decodeMarks(bytes: Uint8Array): LogMark[] {
  const marks: LogMark[] = []
  for (let from = 0; from + MARK_BYTES <= bytes.byteLength; from += MARK_BYTES) {
    const one = bytes.subarray(from, from + MARK_BYTES)
    if (!bytesEqual(checkOf(one), one.subarray(12, 16))) break
    const view = new DataView(one.buffer, one.byteOffset, MARK_BYTES)
    const mark = {
      file: view.getUint32(0, true),
      at: view.getUint32(4, true),
      bytes: view.getUint32(8, true),
      hash: toHex(one.subarray(16)),
    }
    if (!follows(mark, marks.at(-1))) break
    marks.push(mark)
  }
  return marks
}

function follows(mark: LogMark, last: LogMark | undefined): boolean {
  if (mark.bytes === 0 || mark.bytes > FRAME_BYTES_MAX) return false
  if (last !== undefined && mark.file === last.file) return mark.at === last.at + last.bytes
  return mark.at === 0 && mark.file > (last?.file ?? -1)
}

function checkOf(mark: Uint8Array): Uint8Array {
  return sha256(mark.subarray(0, 12), mark.subarray(16)).subarray(0, 4)
}

export function endOfMarks(marks: readonly LogMark[], frames = marks.length): LogEnd {
  const last = marks[frames - 1]
  return last === undefined ? EMPTY_LOG : { frames, hash: last.hash }
}

/** Bytes of one marked frame; undefined when the disk no more gives what was promised. */
function readFrame(disk: Disk, folder: BytePath, mark: LogMark): Uint8Array | undefined {
  const bytes = new Uint8Array(mark.bytes)
  const got = ignoring(['ENOENT', 'EIO'], () => {
    using file = disk.open(joinPath(folder, logFileName(mark.file)), 'read')
    return file.read(bytes, mark.at)
  })
  return got === mark.bytes && hashOfFrame(bytes) === mark.hash ? bytes : undefined
}

/** Good frames, back to back, and the index of the damaged one that ended the reading, or null. */
export interface FramesRead {
  readonly bytes: Uint8Array
  readonly damaged: number | null
}

/** Frames checked against their marks, from the first on, or from the last one back: up to one that is damaged. */
export function readFrames(
  disk: Disk,
  folder: BytePath,
  { marks, backwards }: { readonly marks: readonly LogMark[]; readonly backwards: boolean },
): FramesRead {
  const parts: Uint8Array[] = []
  let damaged: number | null = null
  for (let read = 0; read < marks.length && damaged === null; read++) {
    const index = backwards ? marks.length - 1 - read : read
    const mark = marks[index]
    const bytes = mark === undefined ? undefined : readFrame(disk, folder, mark)
    if (bytes === undefined) damaged = index
    else parts.push(bytes)
  }
  return { bytes: Buffer.concat(backwards ? parts.reverse() : parts), damaged }
}

/** Index of the first damaged frame, or null. */
export function firstDamaged(disk: Disk, folder: BytePath, marks: readonly LogMark[]): number | null {
  const index = marks.findIndex((mark) => readFrame(disk, folder, mark) === undefined)
  return index < 0 ? null : index
}

/**
 * Makes the log end after `frames`: all bytes behind it are moved aside into `aside`, durably, before they leave the
 * log. Nothing is ever thrown away: a branch may be the good one, and a torn tail costs nothing to keep.
 */
export function cutLog(
  disk: Disk,
  { folder, aside, marks, frames }: { folder: BytePath; aside: BytePath; marks: readonly LogMark[]; frames: number },
): void {
  const last = marks[frames - 1]
  // Only those that go: else who cuts a frame off a long log, again and again, fills the disk with its marks.
  if (frames < marks.length) keepAside(disk, aside, 'marks', encodeMarks(marks.slice(frames)))
  truncateMarks(disk, folder, frames)
  const numbers = logFiles(disk, folder)
  for (const number of numbers.filter((file) => last === undefined || file > last.file)) {
    ensureFolder(disk, aside)
    disk.rename(joinPath(folder, logFileName(number)), joinPath(aside, freeName(disk, aside, logFileName(number))))
    disk.syncFolder(aside)
    disk.syncFolder(folder)
  }
  if (last !== undefined)
    cutFile(disk, joinPath(folder, logFileName(last.file)), last.at + last.bytes, aside, last.file)
}

function truncateMarks(disk: Disk, folder: BytePath, frames: number): void {
  using file = disk.open(joinPath(folder, 'marks'), 'write')
  if (file.stat().bytes === frames * MARK_BYTES) return
  file.truncate(frames * MARK_BYTES)
  file.sync()
  disk.syncFolder(folder)
}

function cutFile(disk: Disk, path: BytePath, bytes: number, aside: BytePath, number: number): void {
  using file = disk.open(path, 'write')
  const tail = new Uint8Array(Math.max(0, file.stat().bytes - bytes))
  if (tail.byteLength === 0) return
  const got = file.read(tail, bytes)
  keepAside(disk, aside, `${logFileName(number)}-${bytes}`, tail.subarray(0, got))
  file.truncate(bytes)
  file.sync()
}

function keepAside(disk: Disk, aside: BytePath, name: string, bytes: Uint8Array): void {
  ensureFolder(disk, aside)
  writeDurably(disk, aside, freeName(disk, aside, name), bytes)
}

function freeName(disk: Disk, folder: BytePath, name: string): string {
  const taken = new Set<string>(disk.list(folder))
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name}.${number}`
  return free
}

function logFiles(disk: Disk, folder: BytePath): number[] {
  const names = ignoring(['ENOENT'], () => disk.list(folder)) ?? []
  const numbers = names.flatMap((name) => (/^[0-9]{8}\.log$/.test(name) ? [Number(name.slice(0, 8))] : []))
  return numbers.sort((a, b) => a - b)
}

export interface OpenedLog {
  readonly marks: LogMark[]
  /** A mark that was durable is wrong: the frames behind it went aside too. */
  readonly marksDamaged: boolean
}

/** Opens a hosted log: what has no mark goes aside. Frames are read when they are wanted, or looked at. */
export function openLog(disk: Disk, folder: BytePath, aside: BytePath): OpenedLog {
  ensureFolder(disk, folder)
  const bytes = readMarks(disk, folder)
  const marks = decodeMarks(bytes)
  const marksDamaged = anyMark(bytes.subarray((marks.length + 1) * MARK_BYTES))
  if (marksDamaged) keepAside(disk, aside, 'marks', bytes)
  cutLog(disk, { folder, aside, marks, frames: marks.length })
  return { marks, marksDamaged }
}

/** A torn write ends somewhere; a good mark behind a bad one says that the bad one was good too. */
function anyMark(bytes: Uint8Array): boolean {
  for (let from = 0; from + MARK_BYTES <= bytes.byteLength; from += MARK_BYTES) {
    const one = bytes.subarray(from, from + MARK_BYTES)
    if (bytesEqual(checkOf(one), one.subarray(12, 16))) return true
  }
  return false
}

function readMarks(disk: Disk, folder: BytePath): Uint8Array {
  const path = joinPath(folder, 'marks')
  const bytes = ignoring(['ENOENT'], () => {
    using file = disk.open(path, 'read')
    const content = new Uint8Array(Math.min(file.stat().bytes, MARKS_BYTES_MAX))
    return content.subarray(0, content.byteLength === 0 ? 0 : file.read(content, 0))
  })
  return bytes ?? new Uint8Array(0)
}

export interface LogAppend {
  readonly folder: BytePath
  readonly frames: Uint8Array
  readonly marks: readonly LogMark[]
  /** Marks that are there already. */
  readonly marksBefore: number
}

/** Frames, fsync, marks, fsync: in this order, see above. All new frames go to one file. */
export function appendLog(disk: Disk, { folder, frames, marks, marksBefore }: LogAppend): void {
  const [first] = marks
  if (first === undefined) return
  writeAt(disk, joinPath(folder, logFileName(first.file)), frames, first.at)
  if (first.at === 0) disk.syncFolder(folder)
  writeAt(disk, joinPath(folder, 'marks'), encodeMarks(marks), marksBefore * MARK_BYTES)
}

function writeAt(disk: Disk, path: BytePath, bytes: Uint8Array, at: number): void {
  using file = disk.open(path, 'write')
  file.write(bytes, at)
  file.sync()
}
