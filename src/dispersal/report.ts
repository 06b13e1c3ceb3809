/** What one round of dispersal has found and done. */
import type { BoxId } from '#crypto'
import type { StripeState } from './counting.ts'
import type { Holders } from './holders.ts'
import type { InventoryEntry } from './protocol.ts'

export interface DisperseReport {
  /** Number of the charter that it went by. */
  readonly charter: number
  readonly state: StripeState
  /** Members that are leaving, once everything is protected without them. */
  readonly drained: readonly BoxId[]
  /** Number of the newest head; 0 when there is none. */
  readonly head: number
  /** Organisations that signed a receipt for it in this round. */
  readonly receipts: number
  readonly needed: number
  /** `lost`: neither here nor on enough hosts, and needed by no newest complete snapshot; `total` leaves them out. */
  readonly stripes: {
    readonly total: number
    readonly protected: number
    readonly whole: number
    readonly lost: number
  }
  readonly states: ReadonlyMap<string, StripeState>
  /** Who holds them: those of `total`, as hosts have confirmed it in this round. */
  readonly holders: Holders
  /**
   * Stripes that can never be whole as they are: too few hosts are left for them, or a host has their id for another
   * record of ours. Their packs are to be packed anew.
   */
  readonly stuck: ReadonlySet<string>
  readonly trouble: readonly { readonly host: BoxId; readonly code: string }[]
  /** Of packs that the log names, on hosts that were compared: rows of which no record of ours was known. */
  readonly unnamed: ReadonlyMap<BoxId, readonly InventoryEntry[]>
  /** Packs that could not be read or encoded; the others went out. */
  readonly failed: readonly { readonly stripe: string; readonly code: string }[]
}
