/** Before a folder is saved: what would be, what not, and where it is. */
import type { IncompleteItem, ShownPath } from './operations.ts'

/** Of a source that exists, with what is named in the place of what it has; or of one that is not yet. */
export interface PreviewArguments {
  readonly name?: string
  readonly paths?: readonly string[]
  readonly excludes?: readonly string[]
  readonly oneFileSystem?: boolean
}

interface Counted {
  readonly files: number
  /** A file with several names counts once. */
  readonly bytes: number
}

export interface LeftOutItem extends ShownPath, Counted {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  /** Null: the data folder of the box itself, which it never saves. */
  readonly rule: string | null
}

export interface PreviewResult {
  /** `isAll`: false when there was too much to count: then it is at least so much. */
  readonly saved: Counted & { readonly folders: number; readonly isAll: boolean }
  /** `paths`: without those below a folder that is left out. */
  readonly left: Counted & { readonly paths: number; readonly isAll: boolean }
  /** The first of what is left out; the counts of a folder are of all that is in it. */
  readonly items: readonly LeftOutItem[]
  /** Each rule, with what it leaves out (with `!`: keeps) and no later one does. */
  readonly rules: readonly (Counted & { readonly rule: string; readonly paths: number })[]
  /** Folders and names that could not be looked at. */
  readonly unread: { readonly count: number; readonly items: readonly IncompleteItem[] }
  /** Folders that are saved empty, since another file system begins there. */
  readonly mounts: { readonly count: number; readonly items: readonly ShownPath[] }
}

export interface FolderListArguments {
  /** Absolute. */
  readonly path: string
  readonly pathBytes?: string
  /** `more` of the page before. */
  readonly after?: string
  readonly limit?: number
}

export interface FolderItem extends ShownPath {
  /** `unreadable`: for the account of the box. `own`: its data folder. `garbled`: a name that is no text cannot be typed. */
  readonly state: 'open' | 'unreadable' | 'own' | 'garbled'
}

export interface FolderListResult extends ShownPath {
  /** Folders in it, by the bytes of their names; never a file. */
  readonly items: readonly FolderItem[]
  /** The `after` of the next page, of which a folder of very many files may have several empty ones; null: that is all. */
  readonly more: string | null
}
