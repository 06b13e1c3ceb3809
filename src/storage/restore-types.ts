/** What a restore is asked, and what it answers. */
import { type BytePath, joinPath, type NotSet } from '#base'
import type { ChunkStore, FetchPack, PackId, SnapshotRecord, VaultDeps, VaultRunOptions } from './types.ts'

/**
 * What to do with what is in the way. `refuse`: leave it, the item fails. `over`: replace it, folders are merged.
 * `beside`: restore under a name with the snapshot's date. `missing`: leave it, no failure; folders are merged.
 */
export type RestoreMode = 'refuse' | 'over' | 'beside' | 'missing'

export interface RestoreRequest {
  readonly snapshot: SnapshotRecord
  /** In the snapshot; empty for all. A folder's contents come into the target, any other thing comes there by its name. */
  readonly path: BytePath
  readonly target: BytePath
  readonly mode: RestoreMode
  /** Counts, touches nothing. */
  readonly dryRun: boolean
  /** Under this name, what is no folder; absent: its own. */
  readonly name?: BytePath
  /** IANA name, for the date of `beside`; UTC when absent. */
  readonly zone?: string
}

export interface RestoreOptions extends VaultRunOptions {
  readonly fetchPack: FetchPack
}

export interface RestoreDeps extends VaultDeps {
  readonly store: ChunkStore
}

export interface FailedItem {
  /** In the snapshot. */
  readonly path: BytePath
  readonly cause: string
}

export interface NotSetItem extends NotSet {
  readonly path: BytePath
}

/** Lists hold the first ten thousand; the counts are whole. */
export interface RestoreReport {
  /** Regular files that are there again, under each of their names. */
  readonly files: number
  readonly bytes: number
  readonly failed: readonly FailedItem[]
  readonly failedCount: number
  readonly notSet: readonly NotSetItem[]
  readonly notSetCount: number
  /** Local packs with a group that does not open: worked around when peers have it. */
  readonly damagedPacks: readonly PackId[]
}

const ITEMS_MAX = 10_000

export class RestoreOutcome {
  files = 0
  bytes = 0
  failedCount = 0
  notSetCount = 0
  readonly failed: FailedItem[] = []
  readonly notSet: NotSetItem[] = []
  readonly damagedPacks = new Set<PackId>()
  readonly #under: BytePath

  /** `under`: what comes before the paths of the restored part in the snapshot. */
  constructor(under: BytePath) {
    this.#under = under
  }

  #full(path: BytePath): BytePath {
    if (this.#under === '' || path === '') return (this.#under || path) as BytePath
    return joinPath(this.#under, path)
  }

  fail(path: BytePath, cause: string): void {
    this.failedCount++
    if (this.failed.length < ITEMS_MAX) this.failed.push({ path: this.#full(path), cause })
  }

  couldNotSet(path: BytePath, items: readonly NotSet[]): void {
    for (const { what, cause } of items) {
      this.notSetCount++
      if (this.notSet.length < ITEMS_MAX) this.notSet.push({ path: this.#full(path), what, cause })
    }
  }

  report(): RestoreReport {
    const { files, bytes, failed, failedCount, notSet, notSetCount } = this
    return { files, bytes, failed, failedCount, notSet, notSetCount, damagedPacks: [...this.damagedPacks] }
  }
}
