/** Looking for saved things by their name. */
import type { EntryResult, ShownPath } from './operations.ts'
import type { Within } from './saved-results.ts'

export interface FindArguments extends Within {
  /** Part of a name, whatever its case; with `*` or `?`, a whole name. With a `/`, of the path from the source on. */
  readonly text: string
  /** In this source alone. */
  readonly source?: string
  /** In this snapshot alone: its id, a prefix of it, or `latest`. */
  readonly id?: string
  /** In all snapshots; else in the newest of each source. */
  readonly all?: boolean
}

export interface FoundVersion {
  /** The newest snapshot that has it so. */
  readonly snapshot: string
  readonly at: string
  readonly modified: string
  readonly bytes: number
}

export interface FoundResult extends ShownPath {
  readonly source: string
  readonly kind: EntryResult['kind']
  /** That differ in size or time, newest first. */
  readonly versions: readonly FoundVersion[]
}

export interface FindResult {
  readonly items: readonly FoundResult[]
  /** There is more than what is listed. */
  readonly more: boolean
}
