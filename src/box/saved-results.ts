/** Looking into what is saved, and putting it back: arguments and results. */
import type { EntryResult, SnapshotResult } from './operations.ts'

/** Of these sources alone, as if there were no others. */
export interface Within {
  readonly within?: readonly string[]
}

export interface SnapshotListArguments extends Within {
  readonly source?: string
  /** ISO 8601 instants, both included. */
  readonly from?: string
  readonly to?: string
  readonly limit?: number
  /** `more` of the page before. */
  readonly before?: string
}

export interface SnapshotPage {
  /** Newest first. */
  readonly items: readonly SnapshotResult[]
  /** The `before` of the next page; null: that is all. */
  readonly more: string | null
}

/** `pathBytes`, in base64, stands instead of `path` where names are no UTF-8. */
export interface SavedPath {
  /** In the snapshot; empty for all of it. */
  readonly path: string
  readonly pathBytes?: string
}

export interface FolderArguments extends SavedPath {
  readonly id: string
  /** `more` of the page before: a name, in base64. */
  readonly after?: string
  readonly limit?: number
}

export interface FolderPage {
  /** In the order in which they are stored: by the bytes of their names. */
  readonly items: readonly EntryResult[]
  /** The `after` of the next page; null: that is all. */
  readonly more: string | null
}

export interface VersionsArguments extends SavedPath, Within {
  readonly source: string
  /** In this snapshot and those before it. */
  readonly id?: string
}

/** One state of a thing, in one snapshot or in several. */
export interface VersionResult {
  /** The newest that has it so, and when it was complete. */
  readonly snapshot: string
  readonly at: string
  /** The oldest that has it so. */
  readonly first: string
  readonly kind: EntryResult['kind']
  readonly bytes: number
  readonly modified: string
  /** Whether nothing has to come from hosts for it. */
  readonly local: boolean
}

export interface VersionsResult {
  /** Newest first. */
  readonly items: readonly VersionResult[]
  /** There are older ones than those that are listed. */
  readonly more: boolean
  /** Snapshots that could not be looked into. */
  readonly unread: number
}

export interface ReturnArguments {
  readonly id: string
  readonly paths: readonly SavedPath[]
  /** `over`: in the place of what is there now. `beside`: next to it, with the snapshot's date in the name. */
  readonly mode: 'over' | 'beside'
}

export interface WhenceArguments {
  readonly id: string
  readonly paths: readonly SavedPath[]
}

export interface WhenceResult {
  readonly files: number
  readonly bytes: number
  /** In the vault of this box. */
  readonly localBytes: number
  readonly remoteBytes: number
  /** That keep fragments of what is not here; `name`: as charters call them, or empty. */
  readonly hosts: readonly { readonly host: string; readonly name: string }[]
  /** That hosts will take, from how fast they were; null: that was not measured. */
  readonly seconds: number | null
}
