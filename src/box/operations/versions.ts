/** What one path was, over all snapshots of a source. */
import { DatisError } from '#base'
import type { Snapshot } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, VersionsArguments, VersionsResult } from '../operations.ts'
import { shownEntry, shownInstant } from './shown.ts'
import { exactPath } from './snapshots.ts'

const VERSIONS_MAX = 1000

/** SOURCE_UNKNOWN, SNAPSHOT_UNKNOWN, PATH_UNKNOWN: no snapshot of it has anything there. */
export async function listVersions(
  box: OpenedBox,
  args: VersionsArguments,
  { signal }: OperationContext,
): Promise<VersionsResult> {
  const path = exactPath(args)
  const { versions, more, unread } = await box.vault.versions(looked(box, args), path, { signal, most: VERSIONS_MAX })
  if (versions.length === 0 && unread === 0) {
    throw new DatisError('PATH_UNKNOWN', 'The snapshot has nothing at that path.', {
      snapshot: args.id ?? args.source,
      path: args.path,
    })
  }
  const items = versions.map(({ entry, newest, oldest, local }) => {
    const { kind, bytes, modified } = shownEntry(entry)
    return {
      snapshot: newest.snapshot,
      at: shownInstant(newest.at),
      first: oldest.snapshot,
      kind,
      bytes,
      modified,
      local,
    }
  })
  return { items, more, unread }
}

/** Newest first. */
function looked({ vault }: OpenedBox, { source, id, within }: VersionsArguments): Snapshot[] {
  const isSeen = within === undefined || within.includes(source)
  const all = vault.snapshots().filter((one) => isSeen && one.source === source)
  if (all.length === 0) throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name: source })
  const until = id === undefined ? Number.POSITIVE_INFINITY : vault.snapshot(id, [source]).at
  return all.filter(({ at }) => at <= until).sort((a, b) => b.at - a.at)
}
