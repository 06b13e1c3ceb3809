/** The log of one owner, as one of its hosts keeps it: appended to, read, cut back only after root says so. */
import { type BytePath, codeOf, DatisError, type Log, type Workers } from '#base'
import { checkFrames, type Frame, framesIn, hashOfFrame, type LogEnd } from '#crypto'
import { LOG_PAGE_BYTES_MAX } from '../limits.ts'
import { endOfMarks, LOG_FILE_BYTES_TARGET, type LogMark } from './log-files.ts'
import { appendLogJob, cutLogJob, openLogJob, readFramesJob } from './log-jobs.ts'

export interface HostedLogPlace {
  readonly folder: BytePath
  /** Where a torn tail or damaged frames go. */
  readonly aside: BytePath
  readonly owner: string
}

/** Callers run one at a time: the owner's queue sees to it. */
export class HostedLog {
  readonly #deps: { workers: Workers; log: Log }
  readonly #place: HostedLogPlace
  #marks: LogMark[] | undefined
  /** After a failed fsync nothing more is written to that file. */
  #fileMin = 0

  constructor(deps: { workers: Workers; log: Log }, place: HostedLogPlace) {
    this.#deps = deps
    this.#place = place
  }

  async end(): Promise<LogEnd> {
    return endOfMarks(await this.#open())
  }

  /** Undefined when the log does not reach so far. */
  async endAt(frames: number): Promise<LogEnd | undefined> {
    const marks = await this.#open()
    return frames <= marks.length ? endOfMarks(marks, frames) : undefined
  }

  /** Appends frames that follow the end, durably. LOG_FORK with our end when they follow another one. */
  async append(from: number, frames: Uint8Array): Promise<LogEnd> {
    const marks = await this.#open()
    const end = endOfMarks(marks)
    const fresh = frames.subarray(this.#knownBytes(marks, from, frames))
    if (fresh.byteLength === 0) return end
    chained(fresh, end)
    const added = this.#marksFor(marks, fresh)
    try {
      const input = { folder: this.#place.folder, frames: fresh, marks: added, marksBefore: marks.length }
      await this.#deps.workers.run(appendLogJob, input)
    } catch (error) {
      throw this.#failed(error, added)
    }
    marks.push(...added)
    return endOfMarks(marks)
  }

  /** Bytes of the frames in the request that we have already: a request that is sent twice is answered twice. */
  #knownBytes(marks: readonly LogMark[], from: number, frames: Uint8Array): number {
    if (from > marks.length) throw gap(endOfMarks(marks), from)
    let number = from
    let bytes = 0
    for (const frame of parsed(frames, from)) {
      const mark = marks[number]
      if (mark === undefined) break
      if (mark.hash !== hashOfFrame(frame.bytes)) throw fork(endOfMarks(marks), number)
      number++
      bytes += frame.bytes.byteLength
    }
    return bytes
  }

  #marksFor(marks: readonly LogMark[], frames: Uint8Array): LogMark[] {
    const last = marks.at(-1)
    const room = last !== undefined && last.file >= this.#fileMin && last.at + last.bytes < LOG_FILE_BYTES_TARGET
    const file = room ? last.file : Math.max(this.#fileMin, (last?.file ?? -1) + 1)
    let at = room ? last.at + last.bytes : 0
    return parsed(frames, marks.length).map(({ bytes }) => {
      const mark = { file, at, bytes: bytes.byteLength, hash: hashOfFrame(bytes) }
      at += bytes.byteLength
      return mark
    })
  }

  #failed(error: unknown, added: readonly LogMark[]): unknown {
    // A failed fsync is never retried: the log is opened and looked at again, and goes on in another file.
    this.#marks = undefined
    this.#fileMin = (added[0]?.file ?? this.#fileMin) + 1
    this.#deps.log.error('hosted.log.write.failed', { owner: this.#place.owner, code: codeOf(error) })
    if (codeOf(error) !== 'ENOSPC') return error
    return new DatisError('NO_SPACE', 'The hosting disk is full.', {}, { cause: error })
  }

  /** At most a page of frames from `from` on; at least one when there is one. */
  async pageFrom(from: number): Promise<Uint8Array> {
    const marks = await this.#open()
    let until = from
    for (let bytes = 0; until < marks.length; until++) {
      bytes += marks[until]?.bytes ?? 0
      if (bytes > LOG_PAGE_BYTES_MAX && until > from) break
    }
    return await this.#page(marks, from, until)
  }

  /** The page that ends before frame `until`: recovery checks backwards, from the hash that a head names. */
  async pageUntil(until: number): Promise<Uint8Array> {
    const marks = await this.#open()
    if (until > marks.length) throw gap(endOfMarks(marks), until)
    let from = until
    for (let bytes = 0; from > 0; from--) {
      bytes += marks[from - 1]?.bytes ?? 0
      if (bytes > LOG_PAGE_BYTES_MAX && from < until) break
    }
    return await this.#page(marks, from, until)
  }

  async #page(marks: LogMark[], from: number, until: number): Promise<Uint8Array> {
    const wanted = marks.slice(from, until)
    const { good, bytes } = await this.#deps.workers.run(readFramesJob, { folder: this.#place.folder, marks: wanted })
    if (good === wanted.length) return bytes
    const frame = from + good
    this.#deps.log.error('hosted.log.damaged', { owner: this.#place.owner, frame })
    await this.cutTo(frame, this.#place.aside)
    throw new DatisError('HOSTED_LOG_DAMAGED', 'A host found its copy of the log damaged.', { frame })
  }

  /** Everything after `frames` is kept in `aside`. */
  async cutTo(frames: number, aside: BytePath): Promise<void> {
    const marks = await this.#open()
    this.#marks = undefined
    await this.#deps.workers.run(cutLogJob, { folder: this.#place.folder, aside, marks, frames })
  }

  async #open(): Promise<LogMark[]> {
    const { folder, aside } = this.#place
    this.#marks ??= await this.#deps.workers.run(openLogJob, { folder, aside })
    return this.#marks
  }
}

function parsed(frames: Uint8Array, from: number): Frame[] {
  return [...framesIn(frames, from)]
}

function chained(frames: Uint8Array, end: LogEnd): void {
  try {
    checkFrames(frames, end)
  } catch (error) {
    if (codeOf(error) === 'LOG_CHAIN_BROKEN') throw fork(end, end.frames)
    throw error
  }
}

function fork(end: LogEnd, at: number): DatisError {
  return new DatisError('LOG_FORK', 'The log does not go on from what this host holds.', { ...end, at })
}

function gap(end: LogEnd, from: number): DatisError {
  return new DatisError('LOG_GAP', 'The log of this host ends before that frame.', { ...end, from })
}
