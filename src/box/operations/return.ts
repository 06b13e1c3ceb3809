/** Puts things of a snapshot back to where they were saved from: within the folders that their source has now. */
import { type BytePath, DatisError, type Disk, ignoring, joinPath, nameOf, parentOf, pathToText } from '#base'
import { type RestoreReport, rootNames, type Snapshot } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, RestoreResult, ReturnArguments } from '../operations.ts'
import { refuseHopeless, refuseOwnFolder, restoring, shownReport } from './restore.ts'
import { exactPath } from './snapshots.ts'
import { tellHosts } from './tell-hosts.ts'

interface Thing {
  /** In the snapshot, clean. */
  readonly path: BytePath
  /** A folder of this box, and the names below it that lead to the thing. */
  readonly root: BytePath
  readonly names: readonly BytePath[]
}

/** SNAPSHOT_UNKNOWN, PATH_UNKNOWN, SOURCE_FOLDER_GONE, NOT_RECOVERABLE, TARGET_INVALID; before anything is written. */
export async function returnFiles(
  box: OpenedBox,
  { id, paths, mode }: ReturnArguments,
  context: OperationContext,
): Promise<RestoreResult> {
  const { vault, settings } = box
  const snapshot = vault.snapshot(id)
  const wanted = outermost(paths.map((one) => exactPath(one))).flatMap((path) => spread(snapshot, path))
  const things = wanted.map((path) => placeOf(box, snapshot, path))
  for (const { path, root, names } of things) {
    refuseOwnFolder(box, joinPath(root, ...names))
    await refuseHopeless(box, { snapshot, path }, context.signal)
  }
  const { options, damaged } = restoring(box, context)
  const reports: RestoreReport[] = []
  for (const thing of things) {
    reports.push(await vault.putBack({ snapshot, ...thing, mode, zone: settings.zone }, options))
  }
  await tellHosts(box, [...damaged.values()], context.signal)
  return together(
    reports.map((report) => shownReport(report, [])),
    [...damaged.values()],
  )
}

function clean(path: BytePath): BytePath {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/') as BytePath
}

/** Clean; what lies in another one of them comes with it. */
export function outermost(paths: readonly BytePath[]): BytePath[] {
  const all = [...new Set(paths.map(clean))]
  const isBelow = (path: BytePath, above: BytePath) => above === '' || path.startsWith(`${above}/`)
  return all.filter((path) => !all.some((above) => above !== path && isBelow(path, above)))
}

/** A snapshot of several paths has a name for each of them: all of it is all of those. */
function spread({ single, paths }: Snapshot, path: BytePath): readonly BytePath[] {
  return path === '' && !single ? rootNames(paths) : [path]
}

/** SOURCE_FOLDER_GONE */
function placeOf(box: OpenedBox, snapshot: Snapshot, path: BytePath): Thing {
  const { disk } = box.world
  const { saved, names } = savedFrom(snapshot, path)
  const own = box.vault.settings().sources.find(({ name }) => name === snapshot.source)
  const isOwn = own?.paths.some((one) => isIn(joinPath(saved, ...names), one)) ?? false
  if (isOwn && isFolder(disk, saved)) return { path, root: saved, names }
  // A source that names a file: it lies in a folder that is not the source's, under this one name.
  if (isOwn && names.length === 0 && !snapshot.single && isFolder(disk, parentOf(saved))) {
    return { path, root: parentOf(saved), names: [nameOf(saved)] }
  }
  throw new DatisError('SOURCE_FOLDER_GONE', 'The folder that was saved is no folder of this box now.', {
    source: snapshot.source,
    path: pathToText(saved),
  })
}

function isFolder(disk: Disk, path: BytePath): boolean {
  return ignoring(['ENOENT', 'ENOTDIR', 'ELOOP'], () => disk.stat(path))?.kind === 'folder'
}

/** The PATH of the source from which a thing was saved, and the names below it. PATH_UNKNOWN */
function savedFrom(snapshot: Snapshot, path: BytePath): { saved: BytePath; names: BytePath[] } {
  const names = (path === '' ? [] : path.split('/')) as BytePath[]
  const [first, ...below] = names
  const position = snapshot.single ? 0 : rootNames(snapshot.paths).indexOf(first ?? ('' as BytePath))
  const saved = snapshot.paths[position]
  if (saved === undefined) {
    throw new DatisError('PATH_UNKNOWN', 'The snapshot has nothing at that path.', {
      snapshot: snapshot.snapshot,
      path: pathToText(path),
    })
  }
  return { saved, names: snapshot.single ? names : below }
}

function isIn(path: BytePath, folder: BytePath): boolean {
  const above = clean(folder)
  const inner = clean(path)
  return above === '' || inner === above || inner.startsWith(`${above}/`)
}

function together(all: readonly RestoreResult[], damaged: RestoreResult['damaged']): RestoreResult {
  return {
    files: all.reduce((sum, { files }) => sum + files, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    failed: all.flatMap(({ failed }) => failed),
    notSet: all.flatMap(({ notSet }) => notSet),
    damaged: [...all.flatMap(({ damaged: local }) => local), ...damaged],
  }
}
