/** Rows that a host took and whose receipt never came, or was never logged: counted where they are, before they go elsewhere. */
import { CODE_FRAGMENTS_MAX } from '#coding'
import type { InventoryEntry } from './protocol.ts'
import { type PlacedRow, type PlacedStripe, recordHash } from './statements.ts'

export class Copies {
  readonly #placed: ReadonlyMap<string, PlacedStripe>
  readonly #found = new Map<string, PlacedRow[]>()

  constructor(placed: ReadonlyMap<string, PlacedStripe>) {
    this.#placed = placed
  }

  /** Under our own record: its inventory is the host's word as much as a receipt. */
  note({ stripe, row, record }: InventoryEntry, { host, at }: Pick<PlacedRow, 'host' | 'at'>): void {
    const known = this.#placed.get(stripe)
    if (known === undefined || recordHash(known.record) !== record) return
    this.#found.set(stripe, [...(this.#found.get(stripe) ?? []), { row, host, at }])
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
