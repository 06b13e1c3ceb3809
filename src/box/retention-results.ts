/** How long snapshots are kept, what became of those that are not, and how safe all of it is. */
import type { BackupState } from './states.ts'

/** A retention policy, ready-made or of a source, and which sources follow it. */
export interface PolicyResult {
  readonly name: string
  /** With its name. */
  readonly policy: string
  readonly readyMade: boolean
  readonly local: readonly string[]
  readonly remote: readonly string[]
}

interface EffectivePolicy {
  readonly policy: string
  /** Nobody has set another one for the source. */
  readonly isDefault: boolean
}

export interface SourcePolicies {
  readonly source: string
  readonly local: EffectivePolicy
  readonly remote: EffectivePolicy
}

export interface HoldResult {
  readonly id: string
  readonly source: string
  readonly reason: string | null
}

/** Ids of snapshots that leave each side. */
export interface ExpireResult {
  readonly local: readonly string[]
  readonly remote: readonly string[]
}

export interface CollectResult {
  /** Packs that hosts are asked to forget. */
  readonly released: number
  /** Packs that left the local disk. */
  readonly dropped: number
  readonly droppedBytes: number
  /** Packs of which little was needed, and what is left of them in new ones. */
  readonly repacked: number
  readonly repackedBytes: number
}

/** Of the packs on the own disk. */
export interface VaultScrubResult {
  readonly packs: number
  readonly bytes: number
  readonly damaged: number
  /** That the log names, and that are gone against our will. */
  readonly missing: number
  /** Back from the hosts. */
  readonly mended: number
  /** Packs that could not be had back. */
  readonly lost: readonly string[]
}

/** A restore for practice. `degraded`: all came back, but some hosts do not answer. */
export interface DrillEvidence {
  readonly at: string
  readonly state: 'ok' | 'degraded' | 'failed'
  readonly snapshots: readonly string[]
  readonly files: number
  readonly bytes: number
}

export interface DrillResult extends DrillEvidence {
  readonly packs: number
  readonly failed: readonly {
    readonly path: string
    readonly pathBytes: string
    readonly snapshot: string
    readonly cause: string
  }[]
  readonly silent: readonly { readonly host: string; readonly name: string }[]
  /** Fragments that came back wrong, and were done without. */
  readonly damaged: readonly { readonly host: string; readonly fragment: string }[]
}

/** How safe a source is; it becomes `unknown` by itself. */
export interface SourceStateResult {
  readonly source: string
  readonly state: BackupState
  /** No snapshot of it is taken any more. */
  readonly ended: boolean
  /** The newest complete one. */
  readonly newest: { readonly id: string; readonly startedAt: string } | null
  /** The last one, whether complete or not. */
  readonly last: { readonly id: string; readonly startedAt: string; readonly isComplete: boolean } | null
  /** When the next one is due by its policy, to be taken by a box that runs; what is over is due now. Null: never. */
  readonly dueAt: string | null
  /** None was taken in time. */
  readonly isLate: boolean
  /** When a drill brought some of it back from the hosts; null: none of late. */
  readonly provedAt: string | null
}

export interface StateResult {
  readonly at: string
  /** The worst of all sources that have not ended. */
  readonly state: BackupState
  /** When hosts were last asked for what they hold. */
  readonly confirmedAt: string | null
  /** Whether this box has a community, of itself alone perhaps. */
  readonly isFounded: boolean
  readonly hosts: number
  /** The data bears so many more losses of boxes, whichever they are; −1: hosts alone do not bring back all of it now. Null: that is not known. */
  readonly margin: number | null
  /** Who did not answer when last asked: taken as lost. */
  readonly silent: readonly { readonly box: string; readonly name: string }[]
  /** Of that time. */
  readonly trouble: readonly { readonly host: string; readonly name: string; readonly code: string }[]
  readonly sources: readonly SourceStateResult[]
}
