import { type BytePath, DatisError, pathFromText } from '#base'
import { type DamagedFragment, placedFromStatement } from '#dispersal'
import type { PackId, RestoreReport } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { OperationContext, RestoreArguments, RestoreResult } from '../operations.ts'
import { packFetcher, reachableHosts } from '../peers.ts'
import { shownPath } from './shown.ts'

export async function restore(
  box: OpenedBox,
  args: RestoreArguments,
  context: OperationContext,
): Promise<RestoreResult> {
  const snapshot = box.vault.snapshot(args.id)
  const path = pathFromText(args.path)
  refuseOwnFolder(box, pathFromText(args.target))
  await refuseHopeless(box, await box.vault.remotePacksOf(snapshot, path), context.signal)
  const damaged = new Map<string, DamagedFragment>()
  const report = await box.vault.restore(
    {
      snapshot,
      path,
      target: pathFromText(args.target),
      mode: args.mode,
      dryRun: args.dryRun,
      zone: box.settings.zone,
    },
    {
      signal: context.signal,
      onProgress: (event) => context.onProgress(event),
      fetchPack: (id, signal) => packFetcher(box, (one) => damaged.set(`${one.host} ${one.fragment}`, one))(id, signal),
    },
  )
  return shownReport(report, [...damaged.values()])
}

/** A restore into the box's own folder could overwrite keys, packs or what it keeps for others. */
function refuseOwnFolder(box: OpenedBox, target: BytePath): void {
  if (target === box.folder || target.startsWith(`${box.folder}/`)) {
    throw new DatisError('TARGET_INVALID', 'A restore never goes into the data folder of the box.')
  }
}

/** Nothing is written when it is known beforehand that the files cannot come back whole. */
async function refuseHopeless(box: OpenedBox, packs: ReadonlySet<PackId>, signal: AbortSignal): Promise<void> {
  if (packs.size === 0) return
  const reachable = await reachableHosts(box, signal)
  const hopeless = [...packs]
    .map((pack) => fragmentsWithin(box, pack, reachable))
    .filter(({ have, needed }) => have < needed)
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
  if (record === undefined) return { have: 0, needed: 1 }
  const { rows, code } = placedFromStatement(record.statement, record.rows)
  return { have: rows.filter(({ host }) => reachable.has(host)).length, needed: code.k }
}

function shownReport(report: RestoreReport, damaged: readonly DamagedFragment[]): RestoreResult {
  return {
    files: report.files,
    bytes: report.bytes,
    failed: report.failed.map(({ path, cause }) => ({ ...shownPath(path), cause })),
    notSet: report.notSet.map(({ path, what, cause }) => ({ ...shownPath(path), what, cause })),
    damaged: [...report.damagedPacks.map((fragment) => ({ host: 'local', fragment })), ...damaged],
  }
}
