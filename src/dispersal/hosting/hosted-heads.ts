/** Heads of one owner with our receipts, one file each: `heads/<10 digits>.cbor`; forks beside them. */
import {
  type BytePath,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  defineJob,
  ensureFolder,
  ignoring,
  joinPath,
  type Log,
  readWhole,
  systemError,
  type Workers,
  writeDurably,
} from '#base'
import type { Signed } from '#crypto'
import {
  DAMAGED_HEADS_MAX,
  FORKS_KEPT_MAX,
  HEAD_BYTES_MAX,
  HEAD_LIST_MAX,
  HEADS_PAGE_MAX,
  LOST_HEADS_MAX,
} from '../limits.ts'
import { encodeBody, type HeadList, storedHeadSchema } from '../protocol.ts'
import { type Owner, type VerifiedHead, verifyHead, verifyReceipt } from '../statements.ts'
import { gapsIn } from './head-rules.ts'

const STORED_BYTES_MAX = 2 * HEAD_BYTES_MAX
const HEADS_MAX = 10_000_000

export interface StoredHead {
  readonly head: Signed
  readonly receipt: Signed
}

/** Whose heads, kept by whom: a file counts when both have signed what is in it. */
export interface HeadsPlace {
  readonly folder: BytePath
  readonly owner: Owner
  readonly host: Owner
}

type HeadOnDisk =
  | { readonly state: 'good'; readonly verified: VerifiedHead; readonly receipt: Signed }
  /** `damaged`: the bytes are wrong, and stay wrong. `unread`: the disk gave none, and may give them next time. */
  | { readonly state: 'damaged' | 'unread'; readonly code: string }
  | { readonly state: 'none' }

function headFileName(number: number, ending: 'cbor' | 'fork' = 'cbor'): string {
  return `${String(number).padStart(10, '0')}.${ending}`
}

function numbersIn(disk: Disk, folder: BytePath, ending: 'cbor' | 'fork'): number[] {
  const names = ignoring(['ENOENT'], () => disk.list(folder)) ?? []
  const pattern = new RegExp(`^[0-9]{10}\\.${ending}$`)
  return names.flatMap((name) => (pattern.test(name) ? [Number(name.slice(0, 10))] : [])).sort((a, b) => a - b)
}

/** One damaged file must not hide the others, so what is wrong with it is part of the answer. */
function readHead(disk: Disk, { folder, owner, host }: HeadsPlace, number: number): HeadOnDisk {
  try {
    const path = joinPath(folder, headFileName(number))
    const bytes = ignoring(['ENOENT'], () => readWhole(disk, path, STORED_BYTES_MAX))
    if (bytes === undefined) return { state: 'none' }
    const { head, receipt } = decodeCbor('stored head', storedHeadSchema, bytes)
    const verified = verifyHead(head, owner)
    if (verified.head.number !== number) return { state: 'damaged', code: 'HEAD_NUMBER' }
    verifyReceipt(receipt, host, { owner: owner.box, number, hash: verified.hash })
    return { state: 'good', verified, receipt }
  } catch (error) {
    if (error instanceof DatisError) return { state: 'damaged', code: error.code }
    if (codeOf(error) === 'EIO') return { state: 'unread', code: 'EIO' }
    throw error
  }
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
  ({ disk }, { numbers, ...place }: HeadsPlace & { readonly numbers: readonly number[] }): HeadOnDisk[] =>
    numbers.map((number) => readHead(disk, place, number)),
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

/** Callers run one at a time: the owner's queue sees to it. */
export class HostedHeads {
  readonly #workers: Workers
  readonly #log: Log
  readonly #folder: BytePath
  readonly #owner: Owner
  readonly #host: () => Owner
  /** Rising. A number that is missing in between is of a file that was damaged. */
  #numbers: number[] = []
  #forks: number[] = []
  #newest: VerifiedHead | null = null
  #opened = false

  constructor(
    { workers, log }: { workers: Workers; log: Log },
    { folder, owner, host }: { folder: BytePath; owner: Owner; host: () => Owner },
  ) {
    this.#workers = workers
    this.#log = log
    this.#folder = folder
    this.#owner = owner
    this.#host = host
  }

  async open(): Promise<void> {
    if (this.#opened) return
    const { numbers, forks } = await this.#workers.run(openHeadsJob, { folder: this.#folder })
    this.#numbers = numbers
    this.#forks = forks
    await this.refresh()
  }

  /** Reads the newest head again: a damaged one goes aside, and the one before it is the newest. */
  async refresh(): Promise<void> {
    this.#opened = false
    let newest: VerifiedHead | null = null
    for (let damaged = 0; newest === null; damaged++) {
      const number = this.#numbers.at(-1)
      if (number === undefined) break
      if (damaged > DAMAGED_HEADS_MAX) throw ownerDamaged('heads')
      newest = await this.head(number)
    }
    this.#newest = newest
    this.#opened = true
  }

  get newest(): VerifiedHead | null {
    return this.#newest
  }

  get forks(): readonly number[] {
    return this.#forks
  }

  /** Numbers of the damaged heads between others, newest first: the owner sends them again. */
  get lost(): number[] {
    return gapsIn(this.#numbers, LOST_HEADS_MAX)
  }

  /** Between heads that are here. */
  isLost(number: number): boolean {
    return (
      !this.#numbers.includes(number) && number > (this.#numbers[0] ?? number) && number < (this.#numbers.at(-1) ?? 0)
    )
  }

  /** As it lies on the disk, with our receipt; null when it is not there, or damaged, in which case it goes aside. */
  async stored(number: number): Promise<{ verified: VerifiedHead; receipt: Signed } | null> {
    if (!this.#numbers.includes(number)) return null
    const [found] = await this.#read([number])
    return found ?? null
  }

  async head(number: number): Promise<VerifiedHead | null> {
    return (await this.stored(number))?.verified ?? null
  }

  /** The good ones among them, in the same order. Nobody has to do without these because others are damaged. */
  async #read(numbers: readonly number[]): Promise<{ verified: VerifiedHead; receipt: Signed }[]> {
    const input = { folder: this.#folder, owner: this.#owner, host: this.#host(), numbers }
    const found = await this.#workers.run(readHeadsJob, input)
    for (const [index, one] of found.entries()) {
      const number = numbers[index] ?? 0
      if (one.state === 'damaged') await this.#setAside(number, one.code)
      if (one.state === 'none') this.#forget(number)
      if (one.state === 'unread') this.#log.error('hosted.head.unread', { ...this.#named(number), code: one.code })
    }
    // What the disk itself refuses is there still: one head that was asked for is not said to be gone.
    if (numbers.length === 1 && found[0]?.state === 'unread') throw systemError(found[0].code, 'read')
    return found.filter((one) => one.state === 'good')
  }

  async #setAside(number: number, code: string): Promise<void> {
    this.#log.error('hosted.head.damaged', { ...this.#named(number), code })
    await this.#workers.run(setHeadAsideJob, { folder: this.#folder, number })
    this.#forget(number)
  }

  #named(number: number) {
    return { owner: this.#owner.box, number }
  }

  #forget(number: number): void {
    this.#numbers = this.#numbers.filter((one) => one !== number)
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
    this.#numbers = [...this.#numbers, ...stored.map(({ number }) => number)].sort((a, b) => a - b)
    const last = heads.at(-1)?.verified
    if (last !== undefined && last.head.number > (this.#newest?.head.number ?? 0)) this.#newest = last
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
    const found = await this.#someOf(() => this.#numbers.filter((number) => number < before).slice(-HEAD_LIST_MAX))
    return found.reverse().map(({ head, hash }) => ({ number: head.number, at: head.at, hash }))
  }

  /** Oldest first. */
  async page(from: number): Promise<Signed[]> {
    const found = await this.#someOf(() => this.#numbers.filter((number) => number >= from).slice(0, HEADS_PAGE_MAX))
    return found.map(({ signed }) => signed)
  }

  /** An empty answer means the end: when all that was chosen is damaged, it is chosen anew from what is left. */
  async #someOf(choose: () => readonly number[]): Promise<VerifiedHead[]> {
    for (;;) {
      const numbers = choose()
      const found = (await this.#read(numbers)).map(({ verified }) => verified)
      await this.#keepNewest()
      if (found.length > 0 || numbers.every((number) => this.#numbers.includes(number))) return found
    }
  }

  /** The newest may have been among those that went aside. */
  async #keepNewest(): Promise<void> {
    if (this.#newest?.head.number !== this.#numbers.at(-1)) await this.refresh()
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

/** Something is kept of this owner, but not so that anything could be said of it: never the same as nothing. */
export function ownerDamaged(what: 'state' | 'heads'): DatisError {
  return new DatisError('HOSTED_OWNER_DAMAGED', 'What this host keeps of a box is damaged.', { what })
}

export function headUnknown(): DatisError {
  return new DatisError('HEAD_UNKNOWN', 'This host holds no such head.')
}
