/** The log of one owner, as one of its hosts keeps it: appended to, read, cut back only after root says so. */
import { type BytePath, codeOf, DatisError, type Log, type Workers } from '#base'
import { checkFrames, type Frame, framesIn, hashOfFrame, type LogEnd } from '#crypto'
import { LOG_CHECK_BYTES, LOG_PAGE_BYTES_MAX } from '../limits.ts'
import { endOfMarks, LOG_FILE_BYTES_TARGET, LOG_FRAMES_MAX, type LogMark } from './log-files.ts'
import { appendLogJob, checkFramesJob, cutLogJob, openLogJob, readFramesJob } from './log-jobs.ts'

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
  /** The first frame that was found damaged and is not cut off yet. */
  #damaged: number | null = null
  /** Where the next look at the log begins. */
  #lookedTo = 0

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

  /** Whether the log up to that end is here, as far as is known, and its last frame for sure. */
  async holds({ frames, hash }: LogEnd): Promise<boolean> {
    const marks = await this.#open()
    if (frames > marks.length || endOfMarks(marks, frames).hash !== hash) return false
    const last = frames === 0 ? null : await this.#firstDamaged(marks.slice(frames - 1, frames))
    if (last !== null) this.#noteDamaged(frames - 1)
    return this.#damaged === null || frames <= this.#damaged
  }

  /**
   * Reads a part of the log again, from where the last look ended. Only to be called when the owner is there to send
   * what is wrong: a damaged frame goes aside with all behind it, which a recovery could still have used.
   */
  async check(): Promise<void> {
    const marks = await this.#open()
    if (this.#damaged === null) await this.#look(marks)
    const frame = this.#damaged
    if (frame === null) return
    await this.cutTo(frame, this.#place.aside)
    this.#lookedTo = frame
  }

  async #look(marks: readonly LogMark[]): Promise<void> {
    const from = this.#lookedTo >= marks.length ? 0 : this.#lookedTo
    const until = endOfPage(marks, from, LOG_CHECK_BYTES)
    const damaged = await this.#firstDamaged(marks.slice(from, until))
    if (damaged !== null) this.#noteDamaged(from + damaged)
    this.#lookedTo = until
  }

  #firstDamaged(marks: LogMark[]): Promise<number | null> {
    return this.#deps.workers.run(checkFramesJob, { folder: this.#place.folder, marks })
  }

  #noteDamaged(frame: number): void {
    if (this.#damaged !== null && this.#damaged <= frame) return
    this.#damaged = frame
    this.#deps.log.error('hosted.log.damaged', { owner: this.#place.owner, frame })
  }

  /** Appends frames that follow the end, durably. LOG_FORK with our end when they follow another one. */
  async append(from: number, frames: Uint8Array): Promise<LogEnd> {
    const marks = await this.#open()
    const end = endOfMarks(marks)
    const fresh = frames.subarray(this.#knownBytes(marks, from, frames))
    if (fresh.byteLength === 0) return end
    chained(fresh, end)
    const added = this.#marksFor(marks, fresh)
    if (marks.length + added.length > LOG_FRAMES_MAX) {
      throw new DatisError('LOG_TOO_LARGE', 'A host keeps no more frames of a log.', { max: LOG_FRAMES_MAX })
    }
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
    return await this.#page(marks, { from, until: endOfPage(marks, from, LOG_PAGE_BYTES_MAX), backwards: false })
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
    return await this.#page(marks, { from, until, backwards: true })
  }

  /** A shorter page when a frame is damaged; the damaged one itself has to come from another host. */
  async #page(
    marks: readonly LogMark[],
    { from, until, backwards }: { from: number; until: number; backwards: boolean },
  ): Promise<Uint8Array> {
    const input = { folder: this.#place.folder, marks: marks.slice(from, until), backwards }
    const { bytes, damaged } = await this.#deps.workers.run(readFramesJob, input)
    if (damaged === null) return bytes
    const frame = from + damaged
    this.#noteDamaged(frame)
    if (bytes.byteLength > 0) return bytes
    throw new DatisError('HOSTED_LOG_DAMAGED', 'A host found its copy of the log damaged.', { frame })
  }

  /** Everything after `frames` is kept in `aside`. LOG_GAP when there are not so many. */
  async cutTo(frames: number, aside: BytePath): Promise<void> {
    const marks = await this.#open()
    if (frames > marks.length) throw gap(endOfMarks(marks), frames)
    if (frames === marks.length) return
    this.#marks = undefined
    await this.#deps.workers.run(cutLogJob, { folder: this.#place.folder, aside, marks, frames })
    if (this.#damaged !== null && this.#damaged >= frames) this.#damaged = null
  }

  async #open(): Promise<LogMark[]> {
    const { folder, aside } = this.#place
    if (this.#marks === undefined) {
      const { marks, marksDamaged } = await this.#deps.workers.run(openLogJob, { folder, aside })
      this.#marks = marks
      const named = { owner: this.#place.owner, frame: marks.length }
      if (marksDamaged) this.#deps.log.error('hosted.log.damaged', named)
    }
    return this.#marks
  }
}

/** After so many bytes of frames from `from` on, one frame at least. */
function endOfPage(marks: readonly LogMark[], from: number, bytesMax: number): number {
  let until = from
  for (let bytes = 0; until < marks.length; until++) {
    bytes += marks[until]?.bytes ?? 0
    if (bytes > bytesMax && until > from) break
  }
  return until
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
