/** Which hosts take which rows of a stripe in one round of dispersal. */
import type { Code } from '#coding'
import type { BoxOfMember, Charter } from '#community'
import { type BoxId, decodePlacement } from '#crypto'
import { type Codes, candidates, placementFor, withSpares } from './placement.ts'
import type { PlacedRow, PlacedStripe } from './statements.ts'

export interface PlacesDeps {
  readonly charter: Charter
  readonly owner: BoxId
  readonly codes: Codes
  /** Members that have not answered for long: nothing new is kept for them. */
  readonly absent: ReadonlySet<BoxId>
  /** Members that nobody can dial: they keep new packs when there is no other. */
  readonly hard: ReadonlySet<BoxId>
}

export interface ChosenPlaces {
  readonly code: Code
  /** hosts[row]. */
  readonly hosts: readonly BoxId[]
  /** Of the placement: above the known one when rows go elsewhere. */
  readonly number: number
}

export class Places {
  readonly #deps: PlacesDeps
  readonly #ring: readonly BoxOfMember[]
  /** Bytes of ours on each host, those included that are on their way. */
  readonly #used = new Map<BoxId, number>()

  constructor(deps: PlacesDeps, placed: Iterable<PlacedStripe>) {
    this.#deps = deps
    this.#ring = candidates(deps.charter, deps.owner)
    for (const { code, packBytes, rows } of placed) for (const { host } of rows) this.#use(host, packBytes / code.k)
  }

  #use(host: BoxId, bytes: number): void {
    this.#used.set(host, (this.#used.get(host) ?? 0) + bytes)
  }

  ofNew(pack: { readonly id: string; readonly class: 'data' | 'metadata'; readonly bytes: number }): ChosenPlaces {
    const { charter, owner, codes, hard } = this.#deps
    const request = { charter, owner, code: codes[pack.class], stripe: pack.id, hard, used: this.#used }
    const { code, hosts: chosen } = placementFor(request)
    const hosts = this.#withSpares(code, chosen, []) ?? chosen
    for (const host of hosts) this.#use(host, pack.bytes / code.k)
    return { code, hosts, number: 1 }
  }

  /** `held`: rows that are somewhere, one a host. As placed, or with spare hosts for rows that have no host any more. */
  ofKnown({ code, placement }: PlacedStripe, held: readonly PlacedRow[]): ChosenPlaces {
    const { hosts, number } = decodePlacement(placement.body)
    const moved = this.#withSpares(code, hosts, held)
    return moved === null ? { code, hosts, number } : { code, hosts: moved, number: number + 1 }
  }

  #withSpares(code: Code, hosts: readonly BoxId[], held: readonly PlacedRow[]): readonly BoxId[] | null {
    const { absent } = this.#deps
    const holders = new Set(held.map(({ host }) => host))
    return withSpares({ ring: this.#ring, code, absent: absent.difference(holders), held }, hosts)
  }
}
