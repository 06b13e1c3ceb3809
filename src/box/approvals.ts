/**
 * What this box has allowed others to release once, as it signed it. A host counts one statement once, so who approves
 * again because a host was away sends the same one: another would let as much pass again where the first one came.
 */
import { z } from 'zod'
import {
  type BytePath,
  bytesEqual,
  codeOf,
  DAY_MS,
  type Disk,
  decodeCbor,
  joinPath,
  type Log,
  readWhole,
  writeDurably,
} from '#base'
import { type BrakeBudget, decodeBrakeBudget, encodeWith, type Signed, signedSchema } from '#crypto'

const FILE = 'approvals.cbor'
const FILE_BYTES_MAX = 1024 * 1024
/** Later, whoever approves of as much means as much again. */
const KEPT_MS = DAY_MS
const APPROVALS_MAX = 64

const fileSchema = z.strictObject({ format: z.literal(1), statements: z.array(signedSchema).max(APPROVALS_MAX) })

export interface Allowed {
  readonly owner: string
  readonly class: BrakeBudget['class']
  readonly bytes: number
}

export interface KeptApproval {
  readonly statement: Signed
  readonly at: number
}

export class Approvals {
  readonly #disk: Disk
  readonly #log: Log
  readonly #folder: BytePath

  constructor({ disk, log }: { readonly disk: Disk; readonly log: Log }, folder: BytePath) {
    this.#disk = disk
    this.#log = log
    this.#folder = folder
  }

  /** The one that allowed the same under this certificate not long ago. */
  find({ owner, class: packClass, bytes }: Allowed, certificate: Uint8Array, now: number): KeptApproval | null {
    for (const statement of this.#fresh(now)) {
      const budget = decodeBrakeBudget(statement.body)
      const same = budget.owner === owner && budget.class === packClass && budget.bytes === bytes
      if (same && bytesEqual(statement.certificate, certificate)) return { statement, at: budget.at }
    }
    return null
  }

  /** Before any host has it: one that nobody keeps could not be sent again. In the place of one that allows the same. */
  keep(statement: Signed, now: number): void {
    const { owner, class: packClass, bytes } = decodeBrakeBudget(statement.body)
    const others = this.#fresh(now).filter(({ body }) => {
      const one = decodeBrakeBudget(body)
      return one.owner !== owner || one.class !== packClass || one.bytes !== bytes
    })
    const statements = [statement, ...others].slice(0, APPROVALS_MAX)
    writeDurably(this.#disk, this.#folder, FILE, encodeWith(fileSchema, { format: 1, statements }))
  }

  #fresh(now: number): Signed[] {
    return this.#read().filter(({ body }) => Math.abs(now - decodeBrakeBudget(body).at) < KEPT_MS)
  }

  /** A file that cannot be read keeps nobody from approving: the next one is new, and the log says so. */
  #read(): Signed[] {
    try {
      const bytes = readWhole(this.#disk, joinPath(this.#folder, FILE), FILE_BYTES_MAX)
      const { statements } = decodeCbor('approvals', fileSchema, bytes)
      for (const { body } of statements) decodeBrakeBudget(body)
      return statements
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#log.error('approvals.damaged', { code: codeOf(error) })
      return []
    }
  }
}
