/** What people have to look at: rivals of charters that we keep, and how long no majority was heard. */

import { z } from 'zod'
import {
  type BytePath,
  type Clock,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  encodeCbor,
  ignoring,
  joinPath,
  type Log,
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

export interface AlarmDeps {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly store: CharterStore
}

export class Alarms {
  readonly #deps: AlarmDeps
  readonly #folder: BytePath
  readonly #alarms = new Map<number, Alarm>()
  #heardAt: number | null = null

  /** The folder is there. */
  constructor(deps: AlarmDeps, folder: BytePath) {
    this.#deps = deps
    this.#folder = folder
    for (const name of deps.disk.list(folder).filter((one) => RIVAL.test(one))) {
      this.#read(name, SIGNED_CHARTER_BYTES_MAX, (bytes) => this.#note(decodeSignedCharter(bytes)))
    }
    this.#read(HEARD_FILE, 1024, (bytes) => {
      this.#heardAt = decodeCbor('majority', heardSchema, bytes).at
    })
  }

  /** What is damaged is said and left: evidence may be seen again, a majority will be heard again. */
  #read(name: string, bytesMax: number, take: (bytes: Uint8Array) => void): void {
    const { disk, log } = this.#deps
    try {
      const bytes = ignoring(['ENOENT'], () => readWhole(disk, joinPath(this.#folder, name), bytesMax))
      if (bytes !== undefined) take(bytes)
    } catch (error) {
      if (!(error instanceof DatisError)) throw error
      log.warn('community.alarm.damaged', { name, code: error.code })
    }
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
    this.#note(rival)
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

  /** A rival of a charter that we have; one of a number that we lack (any more) is none, and is not taken in from here. */
  #note(rival: SignedCharter): void {
    const { store } = this.#deps
    if (store.chain.at(decodeCharter(rival.body).number) === undefined) return
    try {
      store.append(rival)
    } catch (error) {
      if (codeOf(error) !== 'CHARTER_CONFLICT' || !(error instanceof DatisError)) throw error
      const { number, signedBoth } = error.details
      const names = String(signedBoth)
        .split(' ')
        .filter((one) => one !== '')
      this.#alarms.set(Number(number), { number: Number(number), signedBoth: names })
    }
  }
}
