/** What hosts are asked to forget, what they let pass, and what root and members say about it. */
import type { HostTrouble } from './operations.ts'

export interface ReleaseListResult {
  readonly items: readonly {
    readonly pack: string
    readonly host: string
    readonly name: string
    readonly state: 'queued' | 'released' | 'gone'
    /** When there is room again, or when it will be purged at the earliest; as the host said. */
    readonly until: string | null
  }[]
}

export interface CancelResult {
  readonly items: readonly {
    readonly pack: string
    readonly held: number
    readonly gone: number
    readonly unknown: number
  }[]
}

/** What hosts answered to what root or a member signed about a box: what changed, who took it, who did not. */
export interface VerdictResult {
  readonly owner: string
  /** As charters call it. */
  readonly ownerName: string
  readonly fragments: number
  readonly bytes: number
  readonly hosts: readonly string[]
  readonly trouble: readonly HostTrouble[]
}

/** What may be released beyond what hosts let pass by themselves. */
export interface Budget {
  readonly class: 'data' | 'metadata'
  readonly bytes: number
  readonly lasting: boolean
}

export interface ApproveArguments extends Budget {
  /** A box by its id, the beginning of it, or its name. */
  readonly owner: string
  /** Although the same was approved of within a day. */
  readonly again?: boolean
}

export interface ApproveResult extends VerdictResult {
  /** When it was signed. */
  readonly at: string
  /** It had been signed before and was sent again: it counts once on each host. */
  readonly repeated: boolean
}

/** The newest heads that are known of a box, newest first; `at` as the box itself wrote it. */
export interface HeadListResult {
  readonly owner: string
  readonly heads: readonly { readonly number: number; readonly at: string; readonly hash: string }[]
}

/** `owner`: null for this box itself. */
export type RootRequestArguments = { readonly owner: string | null } & (
  | { readonly kind: 'undo' }
  | { readonly kind: 'condemn'; readonly head: number }
  | ({ readonly kind: 'brake-budget' } & Budget)
)

export interface RootRequestResult {
  /** The file to carry to where the words are; base64. */
  readonly request: string
  /** Hosts that did not say what they know of releases: an undo may not reach all that they have. */
  readonly trouble: VerdictResult['trouble']
}

export type RootApplied =
  | { readonly applied: 'epoch' }
  | ({ readonly applied: 'undo' | 'condemn' } & VerdictResult)
  | ({ readonly applied: 'brake-budget'; readonly budget: Budget } & VerdictResult)

/** How much this box may release on each host. */
export interface BrakeResult {
  readonly hosts: readonly {
    readonly host: string
    readonly name: string
    readonly frozen: boolean
    readonly classes: readonly {
      readonly class: 'data' | 'metadata'
      /** What is held, as `hosting.show` counts it; all else is of whole files, with their headers. */
      readonly fragmentBytes: number
      readonly heldBytes: number
      readonly leastBytes: number
      readonly releasedBytes: number
      readonly roomBytes: number
      readonly onceBytes: number
      readonly lastingBytes: number
    }[]
    /** Unusual releases of this box, as that host has signed. */
    readonly unusual: readonly { readonly at: string; readonly class: string; readonly reason: string }[]
  }[]
  readonly trouble: readonly HostTrouble[]
}
