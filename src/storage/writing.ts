/** A writing session: deals files to the writing jobs, decides which chunks are new, commits the packs they close. */
import { assert, type Clock, DatisError, type Workers } from '#base'
import { chunkIdOf } from './group.ts'
import { encodeIndexPart } from './index-part.ts'
import {
  BATCH_BYTES_TARGET,
  BATCH_FILES_MAX,
  METADATA_CHUNK_BYTES_MAX,
  WHOLE_CUT_BYTES_MAX,
  WHOLE_FILE_BYTES_MAX,
} from './limits.ts'
import { GROUP_KIND, type PackTable, parseTable } from './pack-format.ts'
import type {
  ChunkRef,
  FileRead,
  FileToRead,
  PackId,
  PackRecord,
  WritingOptions,
  WritingSession,
  WritingTotals,
} from './types.ts'
import { groupBytesTarget, writeJob } from './write-job.ts'
import type { FileOutcome, SealedReport, WriteJobInput, WriteReport, WriteTask } from './write-protocol.ts'
import { ChunksInFlight } from './writing-claims.ts'
import { WritingQueue } from './writing-queue.ts'
import { RangedFile } from './writing-ranges.ts'
import { refsOf } from './writing-results.ts'

/** A worker that waits takes a batch from here on, although it could be larger. */
const EARLY_BATCH_BYTES_MIN = BATCH_BYTES_TARGET / 4
/** Groups of metadata that may wait to be sealed, each about 1 MiB. */
const METADATA_WAITING_MAX = 8
const TASKS_WAITING_PER_WRITER = 3

/** A pack that hosts were to forget and that is needed again. */
export interface RevivedPack {
  /** Its index part; null: it is metadata. */
  readonly part: Uint8Array | null
}

/** What a session needs of the vault. */
export interface WritingStore {
  readonly clock: Clock
  readonly workers: Workers
  readonly input: WriteJobInput
  hasChunk(id: Uint8Array): boolean
  /** Null: no pack that is being released has the chunk. */
  revive(id: Uint8Array): RevivedPack | null
  /** Appends the record to the log and takes the table into the index. */
  commitPack(record: PackRecord, table: PackTable): void
  /** Index parts of local data packs that lie in no metadata pack (a crash came between). */
  missingParts(): Iterable<Uint8Array>
  /** The session is over, well or not. */
  release(): void
}

const BITS_A_BYTE = 8

type Pending = { readonly files: readonly FileToRead[] } | { readonly ranged: RangedFile; readonly part: number }

export class Session implements WritingSession {
  readonly #store: WritingStore
  readonly #options: WritingOptions
  readonly #queue = new WritingQueue()
  readonly #inFlight = new ChunksInFlight()
  readonly #stop = new AbortController()
  readonly #jobs: Promise<void>[] = []
  readonly #pending = new Map<number, Pending>()
  readonly #totals = { newPlainBytes: 0, newSealedBytes: 0, packs: [] as PackId[] }
  readonly #groupBytes: number
  #waiters: (() => void)[] = []
  #failure: { readonly error: unknown } | null = null
  #over = false
  #disposed = false
  #taskNumber = 0
  /** Monotonic: when the next file may be read. */
  #readFreeAt = 0
  #batch: FileToRead[] = []
  #batchBytes = 0
  #trees: Uint8Array[] = []
  #treesBytes = 0

  constructor(store: WritingStore, options: WritingOptions) {
    this.#store = store
    this.#options = options
    this.#groupBytes = groupBytesTarget(store.input.packBytesTarget)
    for (const part of store.missingParts()) this.#pushPart(part)
  }

  // ------------------------------------------------------------------------------------------ for snapshots

  async readFile(file: FileToRead): Promise<void> {
    this.#throwIfOver()
    const { bytes } = file.stat
    if (bytes < WHOLE_FILE_BYTES_MAX) this.#addToBatch(file)
    else if (bytes <= WHOLE_CUT_BYTES_MAX)
      this.#pushTask({ files: [file] }, (task) => ({ kind: 'file', task, file: asBatchFile(file) }))
    else this.#pushRanges(new RangedFile(file))
    const room = TASKS_WAITING_PER_WRITER * this.#writersMax
    await this.#until(() => this.#queue.sharedCount <= room)
  }

  async settled(): Promise<void> {
    this.#throwIfOver()
    this.#closeBatch()
    await this.#until(() => this.#pending.size === 0)
  }

  async writeTree(plain: Uint8Array): Promise<ChunkRef> {
    this.#throwIfOver()
    if (plain.byteLength > METADATA_CHUNK_BYTES_MAX) {
      throw new DatisError('METADATA_CHUNK_TOO_LARGE', 'A metadata chunk is over the limit.', {
        bytes: plain.byteLength,
      })
    }
    const id = chunkIdOf(this.#store.input.keys, 'metadata', plain)
    const ref = { id, bytes: plain.byteLength }
    if (!this.#claimOne(id)) return ref
    if (this.#treesBytes + plain.byteLength > METADATA_CHUNK_BYTES_MAX) this.#closeTrees()
    // Copied: the caller may use its buffer again.
    this.#trees.push(new Uint8Array(plain))
    this.#treesBytes += plain.byteLength
    if (this.#treesBytes >= this.#groupBytes) this.#closeTrees()
    await this.#until(() => this.#queue.metadataCount <= METADATA_WAITING_MAX)
    return ref
  }

  async finish(): Promise<WritingTotals> {
    await this.settled()
    for (let worker = 0; worker < this.#jobs.length; worker++) this.#queue.flush(worker, 'data')
    await this.#until(() => this.#queue.isIdle(this.#jobs.length))
    this.#closeTrees()
    // The flushed data packs have added their index parts by now: metadata goes last.
    if (this.#jobs.length > 0) this.#queue.flush(0, 'metadata')
    await this.#until(() => this.#queue.isIdle(this.#jobs.length))
    assert(this.#inFlight.size === 0, 'all claimed chunks are stored when a session finishes')
    this.#over = true
    this.#queue.end()
    await Promise.all(this.#jobs)
    return this.#totals
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    if (!this.#over || this.#failure) {
      this.#fail(new DatisError('WRITING_GIVEN_UP', 'A snapshot was given up before its end.'))
      this.#over = true
      await Promise.all(this.#jobs)
    }
    this.#store.release()
  }

  // ------------------------------------------------------------------------------------------ tasks

  get #writersMax(): number {
    return Math.max(1, this.#store.workers.size - 1)
  }

  #addToBatch(file: FileToRead): void {
    // A batch fits its worker's buffer, whatever the last file is.
    if (this.#batchBytes + file.stat.bytes > BATCH_BYTES_TARGET) this.#closeBatch()
    this.#batch.push(file)
    this.#batchBytes += file.stat.bytes
    const early = this.#queue.waitingCount > 0 && this.#batchBytes >= EARLY_BATCH_BYTES_MIN
    if (early || this.#batch.length >= BATCH_FILES_MAX) this.#closeBatch()
  }

  #closeBatch(): void {
    const files = this.#batch
    if (files.length === 0) return
    this.#batch = []
    this.#batchBytes = 0
    this.#pushTask({ files }, (task) => ({ kind: 'batch', task, files: files.map(asBatchFile) }))
  }

  #pushRanges(ranged: RangedFile): void {
    ranged.ranges().forEach(({ start, end }, part) => {
      this.#pushTask({ ranged, part }, (task) => ({ kind: 'range', task, path: ranged.file.path, start, end }))
    })
  }

  #pushTask(pending: Pending, build: (task: number) => WriteTask): void {
    const task = this.#taskNumber++
    this.#pending.set(task, pending)
    if (this.#queue.waitingCount === 0) this.#startJob()
    this.#queue.pushShared(build(task))
  }

  #pushPart(part: Uint8Array): void {
    if (!this.#claimOne(chunkIdOf(this.#store.input.keys, 'metadata', part))) return
    if (this.#jobs.length === 0) this.#startJob()
    this.#queue.pushMetadata({ kind: 'group', groupKind: GROUP_KIND.indexPart, chunks: [part] })
  }

  #closeTrees(): void {
    if (this.#trees.length === 0) return
    if (this.#jobs.length === 0) this.#startJob()
    this.#queue.pushMetadata({ kind: 'group', groupKind: GROUP_KIND.tree, chunks: this.#trees })
    this.#trees = []
    this.#treesBytes = 0
  }

  // ------------------------------------------------------------------------------------------ jobs

  #startJob(): void {
    if (this.#jobs.length >= this.#writersMax) return
    const worker = this.#jobs.length
    const calls: Record<string, (input: never) => unknown> = {
      next: (report: WriteReport) => this.#guarded(() => this.#next(worker, report)),
      claim: (ids: Uint8Array) => this.#guarded(() => this.#claim(ids)),
      sealed: (report: SealedReport) => this.#guarded(() => this.#sealed(report)),
    }
    const signal = AbortSignal.any([this.#options.signal, this.#stop.signal])
    const job = this.#store.workers.run(writeJob, this.#store.input, { signal, calls })
    this.#jobs.push(
      job.then(
        () => this.#jobEnded(),
        (error) => this.#fail(error),
      ),
    )
  }

  #jobEnded(): void {
    if (!this.#over) this.#fail(new Error('a writing job ended before its session'))
  }

  /** The first error is the session's, whichever side it comes up on. */
  #guarded<Result>(run: () => Result): Result {
    try {
      return run()
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  #next(worker: number, report: WriteReport): Promise<WriteTask> {
    this.#report(report)
    const task = this.#queue.take(worker)
    this.#wake()
    return this.#options.kbit === undefined ? task : this.#paced(task, this.#options.kbit)
  }

  /** A task that reads files waits until those before it would have come over such a line. */
  async #paced(taken: Promise<WriteTask>, kbit: number): Promise<WriteTask> {
    const task = await taken
    const { clock } = this.#store
    const now = clock.monotonic()
    const startsAt = Math.max(now, this.#readFreeAt)
    this.#readFreeAt = startsAt + (readBytesOf(task) * BITS_A_BYTE) / kbit
    if (startsAt > now) await clock.sleep(startsAt - now, AbortSignal.any([this.#options.signal, this.#stop.signal]))
    return task
  }

  #claim(ids: Uint8Array): Uint8Array {
    const flags = new Uint8Array(ids.byteLength / 32)
    for (let index = 0; index < flags.length; index++) {
      flags[index] = Number(this.#claimOne(ids.subarray(32 * index, 32 * (index + 1))))
    }
    return flags
  }

  #claimOne(id: Uint8Array): boolean {
    if (this.#inFlight.has(id) || this.#store.hasChunk(id)) return false
    const revived = this.#store.revive(id)
    if (revived === null) this.#inFlight.add(id)
    else if (revived.part !== null) this.#pushPart(revived.part)
    return revived === null
  }

  #sealed(report: SealedReport): void {
    const { pack, class: packClass, generation, bytes, tableBytes, at } = report
    const table = parseTable(report.table)
    const part = packClass === 'data' ? encodeIndexPart(pack, report.table) : null
    const partId = part && chunkIdOf(this.#store.input.keys, 'metadata', part)
    this.#store.commitPack(
      { type: 'pack', pack, class: packClass, generation, bytes, tableBytes, part: partId, at },
      table,
    )
    this.#totals.packs.push(pack)
    for (const group of table.groups) {
      this.#totals.newPlainBytes += group.plainBytes
      this.#totals.newSealedBytes += group.length
      for (const chunk of group.chunks) this.#inFlight.remove(chunk.id)
    }
    if (part) this.#pushPart(part)
  }

  // ------------------------------------------------------------------------------------------ results

  #report(report: WriteReport): void {
    if (report.task === null) return
    const pending = this.#pending.get(report.task)
    assert(pending, 'a report is of a pending task')
    this.#pending.delete(report.task)
    if (report.readBytes > 0) this.#options.onBytes?.(report.readBytes)
    if ('ranged' in pending) this.#reportRange(pending.ranged, pending.part, report)
    else this.#reportFiles(pending.files, report)
  }

  #reportFiles(files: readonly FileToRead[], report: WriteReport): void {
    const refs = refsOf(report)
    for (const [index, file] of files.entries()) {
      const outcome = report.outcomes[index]
      assert(outcome, 'each file has an outcome')
      this.#options.onRead(fileRead(file, outcome, refs(outcome)))
    }
  }

  #reportRange(ranged: RangedFile, part: number, report: WriteReport): void {
    const verdict = ranged.add(part, report)
    if (verdict === 'again') this.#pushRanges(ranged)
    else if (verdict !== 'more') this.#options.onRead(verdict)
  }

  // ------------------------------------------------------------------------------------------ waiting

  #fail(error: unknown): void {
    if (this.#failure || this.#over) return
    this.#failure = { error }
    this.#stop.abort(error)
    this.#queue.end()
    this.#wake()
  }

  #throwIfOver(): void {
    if (this.#failure) throw this.#failure.error
    this.#options.signal.throwIfAborted()
    assert(!this.#over, 'a session is not used after its end')
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  async #until(condition: () => boolean): Promise<void> {
    for (;;) {
      this.#throwIfOver()
      if (condition()) return
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiters.push(resolve)
      await promise
    }
  }
}

function readBytesOf(task: WriteTask): number {
  if (task.kind === 'batch') return task.files.reduce((sum, { bytes }) => sum + bytes, 0)
  if (task.kind === 'file') return task.file.bytes
  return task.kind === 'range' ? task.end - task.start : 0
}

function asBatchFile({ path, stat }: FileToRead) {
  return { path, bytes: stat.bytes, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs }
}

function fileRead(file: FileToRead, outcome: FileOutcome, chunks: Uint8Array): FileRead {
  const { key } = file
  if (outcome.state === 'vanished') return { key, state: 'vanished' }
  if (outcome.state === 'unreadable') return { key, state: 'unreadable', cause: outcome.cause }
  const { bytes, torn, stat } = outcome
  return { key, state: 'read', chunks, bytes, torn, stat: stat ?? file.stat }
}
