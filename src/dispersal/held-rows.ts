/** Which rows of a stripe are where, as far as one round of dispersal knows. */
import { type BoxId, decodePlacement } from '#crypto'
import type { Copies } from './copies.ts'
import type { PlacedRow, PlacedStripe } from './statements.ts'

export interface HeldRowsDeps {
  /** Boxes that may hold rows of ours. */
  readonly members: ReadonlySet<BoxId>
  /** Those of them that are not leaving. */
  readonly staying: ReadonlySet<BoxId>
  readonly copies: Copies
}

export class HeldRows {
  readonly #deps: HeldRowsDeps
  readonly #lost = new Map<string, Set<string>>()
  /** Hosts whose inventory was compared in this round: only their rows count as held, with those sent in it. */
  readonly #compared = new Set<BoxId>()

  constructor(deps: HeldRowsDeps) {
    this.#deps = deps
  }

  lose(host: BoxId, stripe: string, row: number): void {
    this.#lost.set(stripe, (this.#lost.get(stripe) ?? new Set()).add(`${row} ${host}`))
  }

  compared(host: BoxId): void {
    this.#compared.add(host)
  }

  /** Rows by receipt, on members, that the hosts' inventories do not deny; those of hosts that showed theirs first. */
  held({ stripe, rows }: PlacedStripe): readonly PlacedRow[] {
    const lost = this.#lost.get(stripe)
    const all = [...rows, ...this.#deps.copies.of(stripe)]
    const still = all.filter(({ row, host }) => this.#deps.members.has(host) && lost?.has(`${row} ${host}`) !== true)
    return [...this.confirmed(still), ...still.filter(({ host }) => !this.#compared.has(host))]
  }

  /** Of them, on members that stay, each row once, and one a host: those that are where the placement wants them first. */
  placed(stripe: PlacedStripe): readonly PlacedRow[] {
    const staying = this.held(stripe).filter(({ host }) => this.#deps.staying.has(host))
    const once = distinct(staying)
    if (once.length === staying.length) return once
    const { hosts } = decodePlacement(stripe.placement.body)
    return distinct([...staying.filter(({ row, host }) => hosts[row] === host), ...staying])
  }

  /** Rows beside those that only members hold which are leaving. */
  leaving(stripe: PlacedStripe, beside: readonly PlacedRow[]): readonly PlacedRow[] {
    const rows = this.held(stripe).filter(({ host }) => !this.#deps.staying.has(host))
    return distinct([...beside, ...rows]).filter(({ host }) => !this.#deps.staying.has(host))
  }

  /** What the log remembers is no proof that the host still has it, or still is. */
  confirmed(rows: readonly PlacedRow[]): readonly PlacedRow[] {
    return rows.filter(({ host }) => this.#compared.has(host))
  }
}

/** Each row once, and one a host: two on one disk are lost together. */
export function distinct(rows: readonly PlacedRow[]): PlacedRow[] {
  const seen = new Set<number | BoxId>()
  return rows.filter(({ row, host }) => {
    if (seen.has(row) || seen.has(host)) return false
    seen.add(row).add(host)
    return true
  })
}
