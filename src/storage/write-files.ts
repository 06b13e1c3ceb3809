/** Reading files for a snapshot: whole small ones into one buffer, large ones cut into chunks. Runs in a worker. */
import { assert, codeOf, type DiskFile, type JobWorld, type Stat } from '#base'
import { type Chunker, createChunker } from '#chunking'
import { chunkIdOf } from './group.ts'
import { GROUP_BYTES_TARGET, GROUP_CHUNKS_MAX, WHOLE_FILE_BYTES_MAX } from './limits.ts'
import { GROUP_KIND } from './pack-format.ts'
import type { VaultKeys } from './types.ts'
import { GroupGatherer, type PackWriter, RefList } from './write-packs.ts'
import { type BatchFile, type FileOutcome, WRITE_CALLS, type WriteReport, type WriteTask } from './write-protocol.ts'

/** Security rule 5: one that changed while it was read is retried twice. */
const ATTEMPTS = 3
const WINDOW_BYTES = 8 * 1024 * 1024

interface ReadSmall {
  readonly id: Uint8Array
  readonly plain: Uint8Array
}

export class FileReader {
  readonly #world: JobWorld
  readonly #keys: VaultKeys
  readonly #packs: PackWriter
  readonly #groupBytes: number
  #buffer: Buffer = Buffer.alloc(0)
  #chunker: Chunker | null = null

  constructor(world: JobWorld, keys: VaultKeys, packs: PackWriter, groupBytes = GROUP_BYTES_TARGET) {
    this.#world = world
    this.#keys = keys
    this.#packs = packs
    this.#groupBytes = groupBytes
  }

  async batch(task: Extract<WriteTask, { kind: 'batch' }>): Promise<WriteReport> {
    // A byte more than each file has shows that it grew; one that did is read again as a large file would be.
    this.#reserve(task.files.reduce((sum, file) => sum + file.bytes + 1, 0))
    const refs = new RefList()
    const outcomes: FileOutcome[] = []
    let read: ReadSmall[] = []
    let at = 0
    for (const file of task.files) {
      const result = readSmall(this.#world, file, this.#buffer, at)
      if (result === 'changed') {
        // It takes the buffer for itself: what lies in it goes out first.
        await this.#writeSmall(read)
        read = []
        at = 0
        outcomes.push(await this.#cutFile(file, refs))
        continue
      }
      outcomes.push(result)
      if (result.state !== 'read' || result.bytes === 0) continue
      const plain = this.#buffer.subarray(at, at + result.bytes)
      const id = chunkIdOf(this.#keys, 'data', plain)
      refs.push(id, result.bytes)
      read.push({ id, plain })
      at += result.bytes
    }
    await this.#writeSmall(read)
    return { task: task.task, outcomes, refs: refs.take(), readBytes: sumOfBytes(outcomes), before: null }
  }

  async file(task: Extract<WriteTask, { kind: 'file' }>): Promise<WriteReport> {
    const refs = new RefList()
    const outcome = await this.#cutFile(task.file, refs)
    return { task: task.task, outcomes: [outcome], refs: refs.take(), readBytes: sumOfBytes([outcome]), before: null }
  }

  async range(task: Extract<WriteTask, { kind: 'range' }>): Promise<WriteReport> {
    const refs = new RefList()
    let before: Stat | null = null
    const outcome = await outcomeOf(async () => {
      using file = ofSource(() => this.#world.disk.open(task.path, 'read'))
      before = ofSource(() => file.stat())
      if (before.kind !== 'file') return notAFile
      const bytes = await this.#cut(file, task.start, task.end, refs)
      return { state: 'read', chunks: refs.count, bytes, torn: false, stat: ofSource(() => file.stat()) }
    })
    return { task: task.task, outcomes: [outcome], refs: refs.take(), readBytes: sumOfBytes([outcome]), before }
  }

  #reserve(bytes: number): void {
    if (this.#buffer.byteLength >= bytes) return
    this.#buffer = Buffer.allocUnsafeSlow(bytes)
  }

  /** Which of these chunks nobody has and this worker must write. */
  async #claim(ids: readonly Uint8Array[]): Promise<Uint8Array> {
    const flags = await this.#world.call(WRITE_CALLS.claim, Buffer.concat(ids))
    assert(flags instanceof Uint8Array && flags.byteLength === ids.length, 'a claim is answered for each chunk')
    return flags
  }

  async #writeSmall(read: readonly ReadSmall[]): Promise<void> {
    if (read.length === 0) return
    const flags = await this.#claim(read.map((one) => one.id))
    const limits = { targetBytes: this.#groupBytes, chunksMax: GROUP_CHUNKS_MAX }
    const gatherer = new GroupGatherer(this.#packs, limits)
    for (const [index, { id, plain }] of read.entries()) {
      if (flags[index] === 1) await gatherer.add(id, plain)
    }
    await gatherer.flush()
  }

  async #cutFile(known: BatchFile, refs: RefList): Promise<FileOutcome> {
    const start = refs.count
    const outcome = await outcomeOf(async () => {
      for (let attempt = 1; ; attempt++) {
        refs.truncate(start)
        using file = ofSource(() => this.#world.disk.open(known.path, 'read'))
        const before = ofSource(() => file.stat())
        if (before.kind !== 'file') return notAFile
        const bytes = await this.#cut(file, 0, before.bytes, refs)
        const after = ofSource(() => file.stat())
        const torn = !sameContent(before, after) || bytes !== after.bytes
        if (torn && attempt < ATTEMPTS) continue
        const stat = sameContent(known, after) ? null : after
        return { state: 'read', chunks: refs.count - start, bytes, torn, stat }
      }
    })
    if (outcome.state !== 'read') refs.truncate(start)
    return outcome
  }

  /** Chunks the bytes from `start` to `end` (or to the end of the file, if it comes sooner); how many there were. */
  async #cut(file: DiskFile, start: number, end: number, refs: RefList): Promise<number> {
    this.#reserve(Math.min(WINDOW_BYTES, end - start))
    let have = 0
    let position = start
    for (;;) {
      const wanted = Math.min(this.#buffer.byteLength - have, end - position)
      const into = this.#buffer.subarray(have, have + wanted)
      const from = position
      const count = wanted === 0 ? 0 : ofSource(() => file.read(into, from))
      have += count
      position += count
      const last = position === end || count < wanted
      if (have === 0) break
      const used = await this.#cutWindow(this.#buffer.subarray(0, have), last, end - start, refs)
      this.#buffer.copyWithin(0, used, have)
      have -= used
      if (last) break
      this.#world.signal.throwIfAborted()
    }
    return position - start
  }

  async #cutWindow(window: Uint8Array, last: boolean, fileBytes: number, refs: RefList): Promise<number> {
    const lengths = fileBytes < WHOLE_FILE_BYTES_MAX ? [window.byteLength] : this.#cutPoints(window, last)
    const chunks: ReadSmall[] = []
    let at = 0
    for (const length of lengths) {
      const plain = window.subarray(at, at + length)
      const id = chunkIdOf(this.#keys, 'data', plain)
      refs.push(id, length)
      chunks.push({ id, plain })
      at += length
    }
    if (chunks.length === 0) return 0
    const flags = await this.#claim(chunks.map((chunk) => chunk.id))
    for (const [index, { id, plain }] of chunks.entries()) {
      if (flags[index] === 1) await this.#packs.addGroup(GROUP_KIND.data, plain, [{ id, bytes: plain.byteLength }])
    }
    return at
  }

  #cutPoints(window: Uint8Array, last: boolean): number[] {
    this.#chunker ??= createChunker(this.#keys.chunkerKey)
    return this.#chunker.cut(window, last)
  }
}

const notAFile: FileOutcome = { state: 'unreadable', cause: 'NOT_A_FILE' }

/**
 * One attempt, with a single stat: when what the open file says after reading is what the walk saw, nothing changed
 * in between either.
 */
function readSmall(world: JobWorld, known: BatchFile, buffer: Buffer, at: number): FileOutcome | 'changed' {
  try {
    using file = world.disk.open(known.path, 'read')
    const count = file.read(buffer.subarray(at, at + known.bytes + 1), 0)
    const after = file.stat()
    if (after.kind !== 'file') return notAFile
    if (count !== known.bytes || !sameContent(known, after)) return 'changed'
    return { state: 'read', chunks: count === 0 ? 0 : 1, bytes: count, torn: false, stat: null }
  } catch (error) {
    return failedOutcome(error)
  }
}

/** Trouble of the file being read, as opposed to trouble of the vault being written (an EIO can be either). */
class SourceTrouble extends Error {}

function ofSource<Result>(run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    throw new SourceTrouble('a file could not be read', { cause })
  }
}

async function outcomeOf(read: () => Promise<FileOutcome>): Promise<FileOutcome> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof SourceTrouble) return failedOutcome(error.cause)
    throw error
  }
}

/** What a file's trouble means; what is no system error is a fault of ours and thrown. */
function failedOutcome(error: unknown): FileOutcome {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'vanished' }
  if (/^E[A-Z0-9]+$/.test(code)) return { state: 'unreadable', cause: code === 'ELOOP' ? 'NOT_A_FILE' : code }
  throw error
}

export function sameContent(
  a: { readonly bytes: number; readonly mtimeNs: bigint; readonly ctimeNs: bigint },
  b: { readonly bytes: number; readonly mtimeNs: bigint; readonly ctimeNs: bigint },
): boolean {
  return a.bytes === b.bytes && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs
}

function sumOfBytes(outcomes: readonly FileOutcome[]): number {
  return outcomes.reduce((sum, outcome) => sum + (outcome.state === 'read' ? outcome.bytes : 0), 0)
}
