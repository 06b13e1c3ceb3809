import { type BytePath, DatisError, type Disk, ignoring, joinPath, parentOf, pathFromText } from '#base'
import { type DamagedFragment, placedFromStatement } from '#dispersal'
import type { FetchPack, PackId, RestoreOptions, RestoreReport, Snapshot } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, RestoreArguments, RestoreResult } from '../operations.ts'
import { packFetcher, reachableHosts } from '../peers.ts'
import { shownPath } from './shown.ts'
import { tellHosts } from './tell-hosts.ts'

export async function restore(
  box: OpenedBox,
  args: RestoreArguments,
  context: OperationContext,
): Promise<RestoreResult> {
  const snapshot = box.vault.snapshot(args.id)
  const path = pathFromText(args.path)
  refuseOwnFolder(box, pathFromText(args.target))
  await refuseHopeless(box, { snapshot, path }, context.signal)
  const { options, damaged } = restoring(box, context)
  const report = await box.vault.restore(
    {
      snapshot,
      path,
      target: pathFromText(args.target),
      mode: args.mode,
      dryRun: args.dryRun,
      zone: box.settings.zone,
    },
    options,
  )
  await tellHosts(box, [...damaged.values()], context.signal)
  return shownReport(report, [...damaged.values()])
}

/** With what came damaged from hosts on the way. */
export function restoring(
  box: OpenedBox,
  { signal, onProgress }: OperationContext,
): { readonly options: RestoreOptions; readonly damaged: ReadonlyMap<string, DamagedFragment> } {
  const damaged = new Map<string, DamagedFragment>()
  const onDamaged = (one: DamagedFragment) => void damaged.set(`${one.host} ${one.fragment}`, one)
  // Who is in no community has all of it here.
  const fetchPack: FetchPack = (id, inner) => packFetcher(box, onDamaged)(id, inner)
  return { damaged, options: { signal, onProgress: (event) => onProgress(event), fetchPack } }
}

/**
 * A restore into the box's own folder could overwrite keys, packs or what it keeps for others. Compared by device and
 * inode of the target's nearest folder that exists, whatever links led there: TARGET may be one. Below that folder the
 * path has yet to be made: a `..` there would lead back up, past what was compared.
 */
export function refuseOwnFolder(box: OpenedBox, target: BytePath): void {
  const { disk } = box.world
  const own = disk.stat(box.folder)
  const nearest = nearestFolder(disk, target)
  if (target.slice(nearest.length).split('/').includes('..')) {
    throw new DatisError('TARGET_INVALID', 'A folder that is to be made is not named by way of `..`.')
  }
  for (let path = nearest; ; path = joinPath(path, '..')) {
    using held = disk.holdFolder(joinPath(path, '.'))
    const stat = disk.stat(joinPath(held.path, '.'))
    if (stat.device === own.device && stat.inode === own.inode) {
      throw new DatisError('TARGET_INVALID', 'A restore never goes into the data folder of the box.')
    }
    const above = disk.stat(joinPath(held.path, '..'))
    if (above.device === stat.device && above.inode === stat.inode) return
  }
}

function nearestFolder(disk: Disk, target: BytePath): BytePath {
  for (let path = target; ; path = parentOf(path)) {
    if (ignoring(['ENOENT', 'ENOTDIR', 'ELOOP'], () => disk.stat(joinPath(path, '.')))?.kind === 'folder') return path
    if (path === '/') return path
  }
}

/** Nothing is written when it is known beforehand that the files cannot come back whole. */
export async function refuseHopeless(
  box: OpenedBox,
  { snapshot, path }: { snapshot: Snapshot; path: BytePath },
  signal: AbortSignal,
): Promise<void> {
  if ((await box.vault.remotePacksOf(snapshot, path)).size === 0) return
  const reachable = await reachableHosts(box, signal)
  const isOut = (pack: PackId): boolean => {
    const { have, needed } = fragmentsWithin(box, pack, reachable)
    return have < needed
  }
  const remote = [...box.vault.packs()].filter(({ local }) => !local).map(({ id }) => id)
  // A chunk may have been saved again in a later pack, after the first one was lost.
  const needed = await box.vault.remotePacksOf(snapshot, path, new Set(remote.filter(isOut)))
  const hopeless = [...needed].filter(isOut).map((pack) => fragmentsWithin(box, pack, reachable))
  const [worst] = hopeless.sort((a, b) => a.have - b.have)
  if (worst === undefined) return
  throw new DatisError('NOT_RECOVERABLE', 'Too few fragments can be reached to give these files back.', {
    have: worst.have,
    needed: worst.needed,
    missing: worst.needed - worst.have,
    stripes: hopeless.length,
  })
}

function fragmentsWithin(
  box: OpenedBox,
  pack: PackId,
  reachable: ReadonlySet<string>,
): { have: number; needed: number } {
  const record = box.vault.placement(pack)
  // Where it lies was never logged: only asking every host can tell.
  if (record === undefined) return { have: 1, needed: 1 }
  const { rows, code } = placedFromStatement(record.statement, record.rows)
  return { have: rows.filter(({ host }) => reachable.has(host)).length, needed: code.k }
}

export function shownReport(report: RestoreReport, damaged: readonly DamagedFragment[]): RestoreResult {
  return {
    files: report.files,
    bytes: report.bytes,
    failed: report.failed.map(({ path, cause }) => ({ ...shownPath(path), cause })),
    notSet: report.notSet.map(({ path, what, cause }) => ({ ...shownPath(path), what, cause })),
    damaged: [...report.damagedPacks.map((fragment) => ({ host: 'local', fragment })), ...damaged],
  }
}
