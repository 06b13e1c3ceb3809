import { type BytePath, nameOf, pathToBytes, pathToText } from '#base'
import type { TreeEntry } from '#storage'
import type { EntryResult, ShownPath } from '../operations.ts'

export function shownPath(path: BytePath): ShownPath {
  return { path: pathToText(path), pathBytes: pathToBytes(path).toString('base64') }
}

/** The latest instant that has a name. */
const INSTANT_MS_MAX = 8.64e15

/** Others may sign any time: one that no calendar has must not hide the rest. */
export function shownInstant(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.min(ms, INSTANT_MS_MAX)).toString({ smallestUnit: 'millisecond' })
}

/** `path`: its name, when there is nothing more to say. */
export function shownEntry(entry: TreeEntry, path: BytePath = nameOf(entry.name)): EntryResult {
  return {
    ...shownPath(path),
    kind: kindOf(entry),
    bytes: entry.bytes,
    mode: entry.mode.toString(8).padStart(4, '0'),
    uid: entry.uid,
    gid: entry.gid,
    modified: Temporal.Instant.fromEpochNanoseconds(entry.mtimeNs).toString(),
    ...(entry.target === null ? {} : { target: pathToText(entry.target) }),
    ...(entry.incomplete === null ? {} : { incomplete: entry.incomplete }),
  }
}

function kindOf({ kind, linked }: TreeEntry): EntryResult['kind'] {
  if (kind === 'file') return linked ? 'hardlink' : 'file'
  return kind === 'folder' || kind === 'symlink' ? kind : 'other'
}
