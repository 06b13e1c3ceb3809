export { RELEASED_A_RECORD_MAX } from './log-record.ts'
export { type FileVerdict, verifyPackFileJob } from './pack-adopt.ts'
export type { PackTable, TableChunk, TableGroup } from './pack-format.ts'
export { type PackToOpen, type VerifyPackInput, verifyPack, verifyPackJob } from './pack-reader.ts'
export type { SourcePreview } from './preview.ts'
export type { ReindexReport } from './reindex.ts'
export type {
  FailedItem,
  NotSetItem,
  RestoreMode,
  RestoreOptions,
  RestoreReport,
  RestoreRequest,
} from './restore-types.ts'
export { OWN_SOURCE } from './snapshot.ts'
export type { IncompletePath } from './snapshot-incomplete.ts'
export type { SnapshotReader } from './snapshot-reader.ts'
export type { TakeSnapshotOptions } from './snapshot-take.ts'
export type { FileContent, TreeEntry } from './tree.ts'
export type { WalkedEntry } from './tree-reader.ts'
export type {
  CheckReport,
  ChunkRef,
  FetchPack,
  Log,
  LogEnd,
  LogRecord,
  PackClass,
  PackId,
  PackInfo,
  PackRecord,
  PlacedRecord,
  ProgressEvent,
  SettingsRecord,
  Side,
  Snapshot,
  SnapshotId,
  SnapshotRecord,
  SourceSpec,
  VaultDeps,
  VaultKeys,
  VaultOptions,
  VaultRecord,
  VaultRunOptions,
  VaultSettings,
} from './types.ts'
export { openVault, Vault, vaultKeys } from './vault.ts'
export { cleanPaths, foldersByInode, isBelowAny, rootNames, tryDisk } from './walk.ts'
