/** Puts owner, mode, attributes and times of an entry back. */
import type { FileMetadata, NotSet } from '#base'
import type { TreeEntry } from './tree.ts'

const SETUID_SETGID = 0o6000

/** Plain data, can be cloned to a job. */
export interface EntryMetadata {
  readonly mode: number
  readonly owner: { readonly uid: number; readonly gid: number }
  readonly mtimeNs: bigint
  readonly xattrs: ReadonlyMap<string, Uint8Array>
}

export function metadataOf(entry: TreeEntry): EntryMetadata {
  const { mode, uid, gid, mtimeNs, xattrs } = entry
  return { mode, owner: { uid, gid }, mtimeNs, xattrs }
}

/**
 * The content must be complete: a setuid bit is given only to bytes that are all there, and only under their owner.
 * A program that is setuid for whoever happens to restore it would be a gift to its author.
 */
export function applyMetadata(metadata: EntryMetadata, set: (metadata: FileMetadata) => NotSet[]): NotSet[] {
  const { mode, owner } = metadata
  if ((mode & SETUID_SETGID) === 0) return set(metadata)
  const ownerNotSet = set({ owner })
  if (ownerNotSet.length === 0) return set(metadata)
  const rest: FileMetadata = { mode: mode & ~SETUID_SETGID, xattrs: metadata.xattrs, mtimeNs: metadata.mtimeNs }
  const refused: NotSet = { what: 'mode', cause: ownerNotSet[0]?.cause ?? 'EPERM' }
  return [...ownerNotSet, refused, ...set(rest)]
}
