/** Heads of one owner with our receipts, one file each: `heads/<10 digits>.cbor`; forks beside them. */
import {
  type BytePath,
  DatisError,
  type Disk,
  decodeCbor,
  defineJob,
  ensureFolder,
  ignoring,
  joinPath,
  type Log,
  readWhole,
  type Workers,
  writeDurably,
} from '#base'
import type { Signed } from '#crypto'
import { DAMAGED_HEADS_MAX, FORKS_KEPT_MAX, HEAD_BYTES_MAX, HEAD_LIST_MAX, HEADS_PAGE_MAX } from '../limits.ts'
import { encodeBody, type HeadList, storedHeadSchema } from '../protocol.ts'
import { type Owner, type VerifiedHead, verifyHead } from '../statements.ts'

const STORED_BYTES_MAX = 2 * HEAD_BYTES_MAX
const HEADS_MAX = 10_000_000

export interface StoredHead {
  readonly head: Signed
  readonly receipt: Signed
}

function headFileName(number: number, ending: 'cbor' | 'fork' = 'cbor'): string {
  return `${String(number).padStart(10, '0')}.${ending}`
}

function numbersIn(disk: Disk, folder: BytePath, ending: 'cbor' | 'fork'): number[] {
  const names = ignoring(['ENOENT'], () => disk.list(folder)) ?? []
  const pattern = new RegExp(`^[0-9]{10}\\.${ending}$`)
  return names.flatMap((name) => (pattern.test(name) ? [Number(name.slice(0, 10))] : [])).sort((a, b) => a - b)
}

function readStored(disk: Disk, folder: BytePath, number: number): StoredHead | null {
  const path = joinPath(folder, headFileName(number))
  const bytes = ignoring(['ENOENT'], () => readWhole(disk, path, STORED_BYTES_MAX))
  if (bytes === undefined) return null
  const { head, receipt } = decodeCbor('stored head', storedHeadSchema, bytes)
  return { head, receipt }
}

export const openHeadsJob = defineJob(
  import.meta.url,
  'openHeadsJob',
  ({ disk }, { folder }: { folder: BytePath }): { numbers: number[]; forks: number[] } => ({
    numbers: numbersIn(disk, folder, 'cbor').slice(-HEADS_MAX),
    forks: numbersIn(disk, folder, 'fork'),
  }),
)

export const readHeadsJob = defineJob(
  import.meta.url,
  'readHeadsJob',
  ({ disk }, { folder, numbers }: { folder: BytePath; numbers: readonly number[] }): (StoredHead | null)[] =>
    numbers.map((number) => readStored(disk, folder, number)),
)

export const writeHeadsJob = defineJob(
  import.meta.url,
  'writeHeadsJob',
  ({ disk }, { folder, heads }: { folder: BytePath; heads: readonly (StoredHead & { number: number })[] }): null => {
    ensureFolder(disk, folder)
    // In the order of their numbers: a power cut leaves a beginning of the run, never a hole.
    for (const { number, head, receipt } of heads) {
      writeDurably(disk, folder, headFileName(number), encodeBody(storedHeadSchema, { format: 1, head, receipt }))
    }
    return null
  },
)

/** Heads of the branch that root ended, newest first, so that a power cut never leaves a hole. */
export const moveHeadsJob = defineJob(
  import.meta.url,
  'moveHeadsJob',
  ({ disk }, { folder, aside, numbers }: { folder: BytePath; aside: BytePath; numbers: readonly number[] }): null => {
    ensureFolder(disk, aside)
    for (const number of [...numbers].sort((a, b) => b - a)) {
      disk.rename(joinPath(folder, headFileName(number)), joinPath(aside, headFileName(number)))
      disk.syncFolder(aside)
      disk.syncFolder(folder)
    }
    return null
  },
)

/** Kept beside the others as `<10 digits>.damaged-<n>`; the owner sends the head again. */
export const setHeadAsideJob = defineJob(
  import.meta.url,
  'setHeadAsideJob',
  ({ disk }, { folder, number }: { folder: BytePath; number: number }): null => {
    const name = headFileName(number)
    const names = new Set<string>(disk.list(folder))
    const damaged = name.replace('.cbor', '.damaged')
    let copy = 1
    while (names.has(`${damaged}-${copy}`)) copy++
    disk.rename(joinPath(folder, name), joinPath(folder, `${damaged}-${copy}`))
    disk.syncFolder(folder)
    return null
  },
)

export class HostedHeads {
  readonly #workers: Workers
  readonly #folder: BytePath
  readonly #owner: Owner
  readonly #log: Log
  #numbers: number[] = []
  #forks: number[] = []
  #newest: VerifiedHead | null = null
  #opened = false

  constructor({ workers, log }: { workers: Workers; log: Log }, folder: BytePath, owner: Owner) {
    this.#log = log
    this.#workers = workers
    this.#folder = folder
    this.#owner = owner
  }

  async open(): Promise<void> {
    if (this.#opened) return
    const { numbers, forks } = await this.#workers.run(openHeadsJob, { folder: this.#folder })
    this.#numbers = numbers
    this.#forks = forks
    await this.#readNewest()
    this.#opened = true
  }

  async #readNewest(): Promise<void> {
    this.#newest = null
    for (let damaged = 0; ; damaged++) {
      const number = this.#numbers.at(-1)
      if (number === undefined) return
      try {
        const stored = await this.stored(number)
        this.#newest = stored === null ? null : verifyHead(stored.head, this.#owner)
        return
      } catch (error) {
        // What the disk itself refuses may be read next time: only bytes that are wrong go aside.
        if (!(error instanceof DatisError) || damaged >= DAMAGED_HEADS_MAX) throw error
        this.#log.error('hosted.head.damaged', { owner: this.#owner.box, number, code: error.code })
      }
      await this.#workers.run(setHeadAsideJob, { folder: this.#folder, number })
      this.#numbers.pop()
    }
  }

  get newest(): VerifiedHead | null {
    return this.#newest
  }

  get forks(): readonly number[] {
    return this.#forks
  }

  async stored(number: number): Promise<StoredHead | null> {
    const [stored] = await this.#workers.run(readHeadsJob, { folder: this.#folder, numbers: [number] })
    return stored ?? null
  }

  /** The head of that number, or null. */
  async head(number: number): Promise<VerifiedHead | null> {
    if (number === this.#newest?.head.number) return this.#newest
    if (!this.#numbers.includes(number)) return null
    const stored = await this.stored(number)
    return stored === null ? null : verifyHead(stored.head, this.#owner)
  }

  async add(heads: readonly { verified: VerifiedHead; receipt: Signed }[]): Promise<void> {
    const stored = heads.map(({ verified, receipt }) => ({
      number: verified.head.number,
      head: verified.signed,
      receipt,
    }))
    this.#opened = false
    await this.#workers.run(writeHeadsJob, { folder: this.#folder, heads: stored })
    this.#opened = true
    this.#numbers.push(...stored.map(({ number }) => number))
    this.#newest = heads.at(-1)?.verified ?? this.#newest
  }

  /** Evidence that the owner's key signed two heads of one number. Of each number the first other one is kept. */
  async addFork(other: VerifiedHead): Promise<void> {
    const { number } = other.head
    if (this.#forks.includes(number) || this.#forks.length >= FORKS_KEPT_MAX) return
    await this.#workers.run(writeForkJob, { folder: this.#folder, number, head: other.signed })
    this.#forks.push(number)
  }

  /** Moves all heads above `number` into `aside`. */
  async cutAfter(number: number, aside: BytePath): Promise<void> {
    const gone = this.#numbers.filter((one) => one > number)
    if (gone.length === 0) return
    this.#opened = false
    await this.#workers.run(moveHeadsJob, { folder: this.#folder, aside, numbers: gone })
    await this.open()
  }

  /** Newest first. */
  async list(before: number): Promise<HeadList['heads']> {
    const numbers = this.#numbers
      .filter((number) => number < before)
      .slice(-HEAD_LIST_MAX)
      .reverse()
    const stored = await this.#workers.run(readHeadsJob, { folder: this.#folder, numbers })
    return stored
      .filter((one) => one !== null)
      .map(({ head }) => verifyHead(head, this.#owner))
      .map(({ head, hash }) => ({ number: head.number, at: head.at, hash }))
  }

  /** Oldest first. */
  async page(from: number): Promise<Signed[]> {
    const numbers = this.#numbers.filter((number) => number >= from).slice(0, HEADS_PAGE_MAX)
    const stored = await this.#workers.run(readHeadsJob, { folder: this.#folder, numbers })
    return stored.filter((one) => one !== null).map(({ head }) => head)
  }
}

export const writeForkJob = defineJob(
  import.meta.url,
  'writeForkJob',
  ({ disk }, { folder, number, head }: { folder: BytePath; number: number; head: Signed }): null => {
    ensureFolder(disk, folder)
    const bytes = encodeBody(storedHeadSchema.pick({ format: true, head: true }), { format: 1, head })
    writeDurably(disk, folder, headFileName(number, 'fork'), bytes)
    return null
  },
)

export function headUnknown(): DatisError {
  return new DatisError('HEAD_UNKNOWN', 'This host holds no such head.')
}
