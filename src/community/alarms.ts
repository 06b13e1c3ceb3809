/** What people have to look at: rivals of charters that we keep, and how long no majority was heard. */

import { z } from 'zod'
import {
  type BytePath,
  type Clock,
  DatisError,
  type Disk,
  decodeCbor,
  encodeCbor,
  ignoring,
  joinPath,
  readWhole,
  writeDurably,
} from '#base'
import { count } from '#crypto'
import {
  decodeCharter,
  decodeSignedCharter,
  encodeSignedCharter,
  SIGNED_CHARTER_BYTES_MAX,
  type SignedCharter,
} from './charter.ts'
import type { CharterStore } from './charter-store.ts'

const RIVAL = /^rival-\d{8}\.cbor$/
const RIVALS_MAX = 16
const HEARD_FILE = 'majority.cbor'

const heardSchema = z.strictObject({ format: z.literal(1), at: count() })

/** Two valid charters of one number: whoever signed both has broken its word. */
export interface Alarm {
  readonly number: number
  readonly signedBoth: readonly string[]
}

export class Alarms {
  readonly #deps: { disk: Disk; clock: Clock; store: CharterStore }
  readonly #folder: BytePath
  readonly #alarms = new Map<number, Alarm>()
  #heardAt: number | null = null

  /** The folder is there. */
  constructor(deps: { disk: Disk; clock: Clock; store: CharterStore }, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
    for (const name of deps.disk.list(folder).filter((one) => RIVAL.test(one))) {
      this.#load(decodeSignedCharter(readWhole(deps.disk, joinPath(folder, name), SIGNED_CHARTER_BYTES_MAX)))
    }
    const bytes = ignoring(['ENOENT'], () => readWhole(deps.disk, joinPath(folder, HEARD_FILE), 1024))
    if (bytes !== undefined) this.#heardAt = decodeCbor('majority', heardSchema, bytes).at
  }

  list(): Alarm[] {
    return [...this.#alarms.values()].sort((a, b) => a.number - b.number)
  }

  /** Keeps the first rival of a number as evidence. */
  conflict(rival: SignedCharter): void {
    const { number } = decodeCharter(rival.body)
    if (this.#alarms.has(number) || this.#alarms.size >= RIVALS_MAX) return
    const name = `rival-${String(number).padStart(8, '0')}.cbor`
    writeDurably(this.#deps.disk, this.#folder, name, encodeSignedCharter(rival))
    this.#load(rival)
  }

  /** More than half of the organisations answered just now; written down now and then. */
  heardMajority(everyMs: number): void {
    const at = this.#deps.clock.wall()
    if (this.#heardAt !== null && Math.abs(at - this.#heardAt) < everyMs) return
    writeDurably(this.#deps.disk, this.#folder, HEARD_FILE, encodeCbor({ format: 1, at }))
    this.#heardAt = at
  }

  /** When more than half of the organisations last answered, as far as is written down; null: never since the founding. */
  get majorityAt(): number | null {
    return this.#heardAt
  }

  #load(rival: SignedCharter): void {
    try {
      this.#deps.store.append(rival)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      if (error.code !== 'CHARTER_CONFLICT') return
      const { number, signedBoth } = error.details
      const names = String(signedBoth)
        .split(' ')
        .filter((one) => one !== '')
      this.#alarms.set(Number(number), { number: Number(number), signedBoth: names })
    }
  }
}
