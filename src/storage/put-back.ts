/**
 * Puts a thing of a snapshot back to where it was saved from. Each folder on the way is held before the next one is
 * looked for: a link in its place is refused (security rule 12).
 */
import { type BytePath, codeOf, type Disk, ignoring, joinPath } from '#base'
import { restoreSnapshot } from './restore.ts'
import { applyMetadata, metadataOf } from './restore-metadata.ts'
import { type RestoreDeps, type RestoreOptions, RestoreOutcome, type RestoreReport } from './restore-types.ts'
import { datedName, joinRelative, openTarget, stampOf, TargetFolders } from './target.ts'
import type { TreeEntry } from './tree.ts'
import { entryAt } from './tree-reader.ts'
import type { SnapshotRecord } from './types.ts'

export interface PutBackRequest {
  readonly snapshot: SnapshotRecord
  /** In the snapshot. */
  readonly path: BytePath
  /** A folder of this box that is there. */
  readonly root: BytePath
  /** Names below `root` that lead to the thing; none: it is `root` itself. */
  readonly names: readonly BytePath[]
  /** `over`: in the place of what is there. `beside`: next to it, with the snapshot's date in the name. */
  readonly mode: 'over' | 'beside'
  /** IANA name. */
  readonly zone: string
}

/** Folders of one name and minute that stand beside one another. */
const DATED_NAMES_MAX = 100

interface Above {
  /** In the snapshot, and below `root`. */
  readonly path: BytePath
  readonly relative: BytePath
  readonly entry: TreeEntry
}

export async function putBack(
  deps: RestoreDeps,
  request: PutBackRequest,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const entry = await entryAt(deps.store, request.snapshot, request.path)
  const way = await wayTo(deps, request)
  using held = openTarget(deps.disk, request.root).held
  using folders = new TargetFolders(deps.disk, held.path)
  const outcome = new RestoreOutcome('' as BytePath)
  const made: Above[] = []
  try {
    const parent = enter(deps.disk, folders, way, made)
    const target = targetOf(deps.disk, folders, { request, entry, parent })
    const report = await restoreSnapshot(deps, target, options)
    for (const one of made.reverse()) setMetadata(deps.disk, folders, one, outcome)
    return together(report, outcome.report())
  } catch (error) {
    const cause = codeOf(error)
    // What stands in the way of this thing is told, and the others come.
    if (!/^E[A-Z0-9]+$/.test(cause)) throw error
    outcome.fail(request.path, cause)
    return outcome.report()
  }
}

function setMetadata(
  disk: Disk,
  folders: TargetFolders,
  { path, relative, entry }: Above,
  outcome: RestoreOutcome,
): void {
  const at = folders.at(relative)
  outcome.couldNotSet(
    path,
    applyMetadata(metadataOf(entry), (some) => disk.setMetadata(at, some)),
  )
}

/** The folders of the snapshot above the thing, below `root`: one for each name but the last. */
async function wayTo({ store }: RestoreDeps, { snapshot, path, names }: PutBackRequest): Promise<Above[]> {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const way: Above[] = []
  for (let count = 1; count < names.length; count++) {
    const above = parts.slice(0, parts.length - names.length + count).join('/') as BytePath
    way.push({
      path: above,
      relative: names.slice(0, count).join('/') as BytePath,
      entry: await entryAt(store, snapshot, above),
    })
  }
  return way
}

/** Those that are gone are made again. The last one, relative to `root`. */
function enter(disk: Disk, folders: TargetFolders, way: readonly Above[], made: Above[]): BytePath {
  let at = '' as BytePath
  for (const one of way) {
    const name = one.relative.slice(at === '' ? 0 : at.length + 1)
    const path = folders.pathOf(at, name)
    if (ignoring(['ENOENT'], () => disk.stat(path)) === undefined) {
      disk.makeFolder(path)
      made.push(one)
    }
    folders.at(one.relative)
    at = one.relative
  }
  return at
}

interface Aim {
  readonly request: PutBackRequest
  readonly entry: TreeEntry
  /** Relative to `root`. */
  readonly parent: BytePath
}

/** A folder goes into one, any other thing beside what is there. */
function targetOf(disk: Disk, folders: TargetFolders, { request, entry, parent }: Aim) {
  const { snapshot, path, mode, zone, names } = request
  const name = names.at(-1)
  const common = { snapshot, path, mode, zone, dryRun: false }
  if (entry.kind !== 'folder') return { ...common, target: folders.at(parent), ...(name !== undefined && { name }) }
  if (name === undefined) return { ...common, target: folders.at(parent) }
  const stamp = stampOf(snapshot.startedAt, zone)
  const own = folderName(disk, folders.at(parent), mode === 'beside' ? { name, stamp } : { name, stamp: null })
  return { ...common, target: folders.at(joinRelative(parent, own)) }
}

/** Of a folder that is there. EEXIST */
function folderName(disk: Disk, parent: BytePath, { name, stamp }: { name: string; stamp: string | null }): string {
  const isThere = (one: string) => ignoring(['ENOENT'], () => disk.stat(joinPath(parent, one))) !== undefined
  if (isThere(name) && stamp === null) return name
  const others = Array.from({ length: DATED_NAMES_MAX }, (_, index) => datedName(name, stamp ?? '', index + 1))
  const free = isThere(name) ? (others.find((one) => !isThere(one)) ?? name) : name
  disk.makeFolder(joinPath(parent, free))
  return free
}

function together(a: RestoreReport, b: RestoreReport): RestoreReport {
  return {
    ...a,
    failed: [...a.failed, ...b.failed],
    failedCount: a.failedCount + b.failedCount,
    notSet: [...a.notSet, ...b.notSet],
    notSetCount: a.notSetCount + b.notSetCount,
  }
}
