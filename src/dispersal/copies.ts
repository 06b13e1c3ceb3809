/** Rows that a host took and whose receipt never came, or was never logged: counted where they are, before they go elsewhere. */
import { CODE_FRAGMENTS_MAX } from '#coding'
import type { Signed } from '#crypto'
import type { RecordedFragment } from './protocol.ts'
import { type PlacedRow, type PlacedStripe, recordHash } from './statements.ts'

/** Of stripes that are not placed; a copy that is left out is found again. */
const UNPLACED_STRIPES_MAX = 10_000

export class Copies {
  readonly #placed: ReadonlyMap<string, PlacedStripe>
  readonly #found = new Map<string, PlacedRow[]>()
  /** Power failed between sending and logging: whether they are of our stripe shows once it is encoded. */
  readonly #unplaced = new Map<string, { readonly record: string; readonly copy: PlacedRow }[]>()

  constructor(placed: ReadonlyMap<string, PlacedStripe>) {
    this.#placed = placed
  }

  /** Under our own record: its inventory is the host's word as much as a receipt. */
  note({ stripe, row, record }: RecordedFragment, { host, at }: Pick<PlacedRow, 'host' | 'at'>): void {
    const known = this.#placed.get(stripe)
    const copy = { row, host, at }
    if (known === undefined) this.#noteUnplaced(stripe, record, copy)
    else if (recordHash(known.record) === record) this.#found.set(stripe, [...this.of(stripe), copy])
  }

  #noteUnplaced(stripe: string, record: string, copy: PlacedRow): void {
    const known = this.#unplaced.get(stripe) ?? []
    if (known.length >= CODE_FRAGMENTS_MAX || (known.length === 0 && this.#unplaced.size >= UNPLACED_STRIPES_MAX))
      return
    this.#unplaced.set(stripe, [...known, { record, copy }])
  }

  /** Of a stripe that is being placed, under the record that it has now. */
  ofNew(stripe: string, record: Signed): PlacedRow[] {
    const hash = recordHash(record)
    return (this.#unplaced.get(stripe) ?? []).filter((one) => one.record === hash).map(({ copy }) => copy)
  }

  /** Stripes with what was found of them. */
  *found(): Generator<PlacedStripe> {
    for (const [stripe, rows] of this.#found) {
      const known = this.#placed.get(stripe)
      if (known !== undefined) yield { ...known, rows: withCopies(known.rows, rows) }
    }
  }

  of(stripe: string): readonly PlacedRow[] {
    return this.#found.get(stripe) ?? []
  }
}

/** Those that count first: the log takes so many rows of a stripe, and a copy that is left out is found again. */
export function withCopies(rows: readonly PlacedRow[], copies: readonly PlacedRow[]): readonly PlacedRow[] {
  const there = new Set(rows.map(nameOf))
  return [...rows, ...copies.filter((one) => !there.has(nameOf(one)))].slice(0, CODE_FRAGMENTS_MAX)
}

function nameOf({ row, host }: PlacedRow): string {
  return `${row} ${host}`
}
