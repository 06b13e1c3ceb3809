/** Restores files in batches, so that memory is bounded and each pack is read as few times as possible. */
import { type BytePath, codeOf, DatisError, mapConcurrent } from '#base'
import { unpackRefs } from './group.ts'
import type { PackInput } from './restore-fetch.ts'
import { type JobChunk, type JobFile, type JobGroup, type RestoreJobOutput, restoreJob } from './restore-job.ts'
import { metadataOf } from './restore-metadata.ts'
import type { GroupTask, PackTask, RestoreSources, Want } from './restore-sources.ts'
import type { RestoreDeps, RestoreOutcome } from './restore-types.ts'
import type { TargetFolders } from './target.ts'
import type { TreeEntry } from './tree.ts'
import { checkedContentRefs } from './tree-reader.ts'

/**
 * Files and pieces in memory, once being restored and once being gathered: about 1.5 KiB each. Walks and packs have the
 * same order, so that those two batches share hardly more packs than the fetcher keeps.
 */
const BATCH_FILES_MAX = 8192
const BATCH_PIECES_MAX = 16_384
const JOBS_MAX = 2
/** While other threads rebuild packs: one keeps up with them, and a thread more costs 25 MiB. */
const JOBS_BESIDE_FETCHES_MAX = 1
/** Files made or finished by one job without a pack. */
const BARE_FILES_MAX = 2000

export interface FileToRestore {
  /** In the restored part. */
  readonly path: BytePath
  readonly entry: TreeEntry & { readonly content: NonNullable<TreeEntry['content']> }
  readonly folder: BytePath
  readonly temp: string
  readonly name: string
  readonly replace: boolean
  onEnd(restored: boolean): void
}

class BatchFile {
  readonly given: FileToRestore
  made = false
  /** All its pieces are in this batch or were in earlier ones. */
  queued = false
  waiting = 0
  state: 'open' | 'finished' | 'failed' = 'open'

  constructor(given: FileToRestore) {
    this.given = given
  }
}

export interface BatchDeps extends RestoreDeps {
  readonly folders: TargetFolders
  /** Path of the held target. */
  readonly root: BytePath
  readonly sources: RestoreSources
  readonly outcome: RestoreOutcome
  onProgress(bytesWritten: number): void
}

export class RestoreBatches implements AsyncDisposable {
  readonly #deps: BatchDeps
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** Being gathered while the batch before is restored. */
  #files: BatchFile[] = []
  #wants: Want<BatchFile>[] = []
  #running: { readonly files: readonly BatchFile[]; readonly done: Promise<void> } | null = null
  #failure: { readonly error: unknown } | null = null

  constructor(deps: BatchDeps, signal: AbortSignal) {
    this.#deps = deps
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
  }

  async add(given: FileToRestore): Promise<void> {
    if (this.#failure) throw this.#failure.error
    const file = new BatchFile(given)
    this.#files.push(file)
    try {
      let at = 0
      const { content, bytes } = given.entry
      // Parsing has compared the lengths of those that are in the entry itself.
      const inline = 'chunks' in content ? [content.chunks] : null
      for await (const packed of inline ?? checkedContentRefs(this.#deps.store, content, bytes)) {
        for (const ref of unpackRefs(packed)) {
          if (this.#wants.length >= BATCH_PIECES_MAX) await this.#startNext()
          this.#wants.push({ file, at, id: ref.id, bytes: ref.bytes, avoid: null, cause: '' })
          file.waiting++
          at += ref.bytes
        }
      }
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      this.#fail(file, error.code)
    }
    file.queued = true
    if (this.#files.length >= BATCH_FILES_MAX) await this.#startNext()
  }

  async flush(): Promise<void> {
    await this.#startNext()
    await this.#settled()
  }

  /** What follows is gathered while this batch is restored; one file may be in both. */
  async #startNext(): Promise<void> {
    await this.#settled()
    const files = this.#files
    const wants = this.#wants
    this.#files = files.filter((file) => !file.queued)
    this.#wants = []
    const done = this.#restore(files, wants).catch((error: unknown) => {
      this.#failure = { error }
    })
    this.#running = { files, done }
  }

  async #settled(): Promise<void> {
    await this.#running?.done
    if (this.#failure) throw this.#failure.error
    this.#running = null
  }

  async #restore(files: readonly BatchFile[], all: readonly Want<BatchFile>[]): Promise<void> {
    let wants = all.filter((want) => want.file.state === 'open')
    for (let first = true; first || wants.length > 0; first = false) {
      const { tasks, lost } = this.#deps.sources.plan(wants)
      for (const want of lost) this.#fail(want.file, want.cause)
      const whole = first ? filesOfOnePack(tasks) : new Set<BatchFile>()
      await this.#make(files, whole)
      const jobs = tasks.some((task) => !task.local) ? JOBS_BESIDE_FETCHES_MAX : JOBS_MAX
      const missing = await mapConcurrent(tasks, jobs, (task) => this.#runTask(task, whole), this.#signal)
      wants = missing.flat().filter((want) => want.file.state === 'open')
    }
    await this.#finish(files)
    // A job that wrote to it while another one failed may have made it again.
    for (const file of files) if (file.state === 'failed') this.#removePartial(file)
  }

  /** Files that several packs write to must be there first; empty ones are done at once. */
  async #make(all: readonly BatchFile[], whole: ReadonlySet<BatchFile>): Promise<void> {
    const files = all.filter((file) => file.state === 'open' && !file.made && !whole.has(file))
    await this.#runBare(files, (file) => jobFile(file, { create: true, finish: file.queued && file.waiting === 0 }))
  }

  async #finish(all: readonly BatchFile[]): Promise<void> {
    const files = all.filter((file) => file.state === 'open' && file.queued && file.waiting === 0)
    await this.#runBare(files, (file) => jobFile(file, { create: false, finish: true }))
  }

  async #runBare(files: readonly BatchFile[], describe: (file: BatchFile) => JobFile): Promise<void> {
    for (let from = 0; from < files.length; from += BARE_FILES_MAX) {
      const some = files.slice(from, from + BARE_FILES_MAX)
      const output = await this.#runJob(null, [], some.map(describe))
      this.#applyFiles(some, output)
    }
  }

  /** The wants that it could not satisfy. */
  async #runTask(task: PackTask<BatchFile>, whole: ReadonlySet<BatchFile>): Promise<Want<BatchFile>[]> {
    const groups = openGroups(task)
    const pack = await this.#deps.sources.open(task)
    if (!pack) return groups.flatMap(({ wants }) => wants.map(({ want }) => want))
    const { files, jobGroups } = describeTask(groups)
    const described = files.map((file) => jobFile(file, { create: whole.has(file), finish: whole.has(file) }))
    const output = await this.#runJob(pack, jobGroups, described)
    this.#deps.sources.giveBack(task, output.pack)
    const missing = this.#applyGroups(task, groups, output)
    this.#applyFiles(files, output)
    return missing
  }

  #runJob(pack: PackInput | null, groups: readonly JobGroup[], files: readonly JobFile[]): Promise<RestoreJobOutput> {
    const { workers, store, root } = this.#deps
    // Lent, not copied: it comes back with the output.
    const transfer = pack?.bytes?.buffer instanceof ArrayBuffer ? [pack.bytes.buffer] : []
    return workers.run(restoreJob, { keys: store.keys, root, pack, groups, files }, { signal: this.#signal, transfer })
  }

  #applyGroups(
    task: PackTask<BatchFile>,
    groups: readonly GroupTask<BatchFile>[],
    { damaged }: RestoreJobOutput,
  ): Want<BatchFile>[] {
    const causes = new Map(damaged.map(({ group, cause }) => [group, cause]))
    const missing: Want<BatchFile>[] = []
    let bytes = 0
    for (const [index, group] of groups.entries()) {
      const cause = causes.get(index)
      if (cause !== undefined) {
        this.#deps.sources.onDamaged(task, group, cause)
        missing.push(...group.wants.map(({ want }) => want))
        continue
      }
      for (const { want, place } of group.wants) {
        want.file.waiting--
        bytes += place.bytes
      }
    }
    this.#deps.onProgress(bytes)
    return missing
  }

  #applyFiles(files: readonly BatchFile[], output: RestoreJobOutput): void {
    for (const [index, file] of files.entries()) {
      const result = output.files[index]
      if (!result || file.state !== 'open') continue
      file.made = true
      if (result.state === 'failed') this.#fail(file, result.cause)
      if (result.state !== 'finished') continue
      file.state = 'finished'
      this.#deps.outcome.files++
      this.#deps.outcome.bytes += file.given.entry.bytes
      this.#deps.outcome.couldNotSet(file.given.path, result.notSet)
      file.given.onEnd(true)
    }
  }

  #fail(file: BatchFile, cause: string): void {
    if (file.state !== 'open') return
    file.state = 'failed'
    this.#deps.outcome.fail(file.given.path, cause)
    this.#removePartial(file)
    file.given.onEnd(false)
  }

  /** Best effort: the failure that led here is the one to tell. */
  #removePartial({ given }: BatchFile): void {
    try {
      this.#deps.disk.removeFile(this.#deps.folders.pathOf(given.folder, given.temp))
    } catch (error) {
      if (codeOf(error) === 'UNEXPECTED') throw error
    }
  }

  /** After an abort or a crash of a job: nothing goes on, and what is not whole does not stay. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#running?.done
    for (const file of [...(this.#running?.files ?? []), ...this.#files]) {
      if (file.state === 'open') this.#removePartial(file)
    }
    this.#files = []
  }
}

/** Files that one job can make, fill and finish: nearly all small ones. */
function filesOfOnePack(tasks: readonly PackTask<BatchFile>[]): Set<BatchFile> {
  const taskOf = new Map<BatchFile, PackTask<BatchFile> | null>()
  for (const task of tasks) {
    for (const { wants } of task.groups.values()) {
      for (const { want } of wants) {
        const known = taskOf.get(want.file)
        if (known === undefined) taskOf.set(want.file, task)
        else if (known !== task) taskOf.set(want.file, null)
      }
    }
  }
  const whole = new Set<BatchFile>()
  for (const [file, task] of taskOf) if (task && file.queued && !file.made && file.state === 'open') whole.add(file)
  return whole
}

/** Without what belongs to files that failed meanwhile. */
function openGroups(task: PackTask<BatchFile>): GroupTask<BatchFile>[] {
  const groups = [...task.groups.values()].map(({ place, wants }) => ({
    place,
    wants: wants.filter(({ want }) => want.file.state === 'open'),
  }))
  return groups.filter(({ wants }) => wants.length > 0)
}

function describeTask(groups: readonly GroupTask<BatchFile>[]): { files: BatchFile[]; jobGroups: JobGroup[] } {
  const numbers = new Map<BatchFile, number>()
  const numberOf = (file: BatchFile): number => {
    const number = numbers.get(file) ?? numbers.size
    numbers.set(file, number)
    return number
  }
  const jobGroups = groups.map(({ place, wants }) => {
    // A chunk that many files share is opened and checked once.
    const chunks = new Map<number, JobChunk & { writes: { file: number; at: number }[] }>()
    const ids: Uint8Array[] = []
    for (const { want, place: at } of wants) {
      let chunk = chunks.get(at.offset)
      if (!chunk) {
        chunk = { offset: at.offset, bytes: at.bytes, writes: [] }
        chunks.set(at.offset, chunk)
        ids.push(want.id)
      }
      chunk.writes.push({ file: numberOf(want.file), at: want.at })
    }
    return { place, chunks: [...chunks.values()], ids: packIds(ids) }
  })
  return { files: [...numbers.keys()], jobGroups }
}

/** In a buffer of its own: what is shared crosses to a thread whole. */
function packIds(ids: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(32 * ids.length)
  for (const [index, id] of ids.entries()) packed.set(id, 32 * index)
  return packed
}

function jobFile({ given }: BatchFile, { create, finish }: { create: boolean; finish: boolean }): JobFile {
  const { folder, temp, name, replace, entry } = given
  const end = finish ? { name, bytes: entry.bytes, metadata: metadataOf(entry), replace } : null
  return { folder, temp, create, sparse: entry.sparse, finish: end }
}
