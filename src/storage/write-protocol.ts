/** What the writing session and its jobs say to each other. Plain data that clones cheaply: no message per file. */
import type { BytePath, Stat } from '#base'
import type { GroupKind } from './pack-format.ts'
import type { PackClass, PackId, VaultKeys } from './types.ts'

export interface WriteJobInput {
  readonly keys: VaultKeys
  readonly folder: BytePath
  readonly packBytesTarget: number
  readonly padFloorBytes: number
}

/** A file of a batch, with what the walk saw: equal after reading means that it did not change. */
export interface BatchFile {
  readonly path: BytePath
  readonly bytes: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

export type WriteTask =
  /** Small files, gathered into groups. */
  | { readonly kind: 'batch'; readonly task: number; readonly files: readonly BatchFile[] }
  /** One file cut in chunks, whole. */
  | { readonly kind: 'file'; readonly task: number; readonly file: BatchFile }
  /** A part of a file above WHOLE_CUT_BYTES_MAX. */
  | {
      readonly kind: 'range'
      readonly task: number
      readonly path: BytePath
      readonly start: number
      readonly end: number
    }
  | { readonly kind: 'group'; readonly groupKind: GroupKind; readonly chunks: readonly Uint8Array[] }
  | { readonly kind: 'flush'; readonly class: PackClass }
  | { readonly kind: 'end' }

/** One outcome a file, in the order of the task; `chunks` counts into the report's `refs`. */
export type FileOutcome =
  | {
      readonly state: 'read'
      readonly chunks: number
      readonly bytes: number
      readonly torn: boolean
      /** Null when the walk's still holds. */
      readonly stat: Stat | null
    }
  | { readonly state: 'vanished' }
  | { readonly state: 'unreadable'; readonly cause: string }

export interface WriteReport {
  /** Of the batch, file or range; null after other tasks. */
  readonly task: number | null
  readonly outcomes: readonly FileOutcome[]
  /** Packed references of all outcomes. */
  readonly refs: Uint8Array
  readonly readBytes: number
  /** Of a range: the open file before it was read; compared between ranges. */
  readonly before: Stat | null
}

export interface SealedReport {
  readonly pack: PackId
  readonly class: PackClass
  readonly generation: number
  readonly bytes: number
  readonly table: Uint8Array
  readonly tableBytes: number
  readonly at: number
}

/** Names of the calls: `next(WriteReport | null) → WriteTask`, `claim(ids, 32 bytes each) → flags`, `sealed(SealedReport)`. */
export const WRITE_CALLS = { next: 'next', claim: 'claim', sealed: 'sealed' } as const
