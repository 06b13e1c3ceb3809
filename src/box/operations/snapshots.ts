import { codeOf, DatisError, pathFromBytes, pathFromText } from '#base'
import type { Snapshot, SourceSpec } from '#storage'
import { fallOf } from '../falls.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { EntryResult, FailedSource, OperationContext, Operations, SnapshotResult } from '../operations.ts'
import { shownEntry, shownInstant, shownPath } from './shown.ts'

/** Of its own disk: above, a box takes nothing more in. */
const INTAKE_PERCENT = 90

export async function takeSnapshots(
  box: OpenedBox,
  args: { readonly sources: readonly string[] },
  context: OperationContext,
): Promise<{ snapshots: SnapshotResult[]; failed: FailedSource[] }> {
  const snapshots: SnapshotResult[] = []
  const failed: FailedSource[] = []
  const sources = chosenSources(box, args.sources)
  for (const source of sources) {
    try {
      snapshots.push(await takeOne(box, source, context))
    } catch (error) {
      // One source that is gone must not keep the others from being saved.
      if (codeOf(error) !== 'SOURCE_UNREADABLE' || sources.length === 1) throw error
      failed.push({ source: source.name, code: codeOf(error) })
    }
  }
  return { snapshots, failed }
}

async function takeOne(box: OpenedBox, source: SourceSpec, context: OperationContext): Promise<SnapshotResult> {
  refuseFull(box)
  const full = new AbortController()
  const snapshot = await box.vault.takeSnapshot(source, {
    signal: AbortSignal.any([context.signal, full.signal]),
    onProgress: (event) => {
      context.onProgress(event)
      const trouble = fullDisk(box)
      if (trouble !== null) full.abort(trouble)
    },
    neverFolders: [box.folder],
  })
  return await shownSnapshot(box, snapshot, box.vault.snapshots())
}

/** The last tenth of a disk is for what must always fit: log, heads, and what is being forgotten. */
function fullDisk({ world, folder }: OpenedBox): DatisError | null {
  const { freeBytes, totalBytes } = world.disk.space(folder)
  if ((totalBytes - freeBytes) * 100 <= totalBytes * INTAKE_PERCENT) return null
  return new DatisError('VAULT_DISK_FULL', 'The disk of the vault is full.', { freeBytes, totalBytes })
}

export function isAlmostFull(box: OpenedBox): boolean {
  return fullDisk(box) !== null
}

function refuseFull(box: OpenedBox): void {
  const trouble = fullDisk(box)
  if (trouble !== null) throw trouble
}

function chosenSources(box: OpenedBox, names: readonly string[]): SourceSpec[] {
  const { sources } = box.vault.settings()
  const chosen = names.length === 0 ? byImportance(sources) : names.map((name) => sourceNamed(sources, name))
  if (chosen.length === 0) throw new DatisError('SOURCE_NONE', 'This box has no source yet.')
  return chosen
}

const ORDER = ['high', 'normal', 'low'] as const

function byImportance(sources: readonly SourceSpec[]): SourceSpec[] {
  const placeOf = ({ importance = 'normal' }: SourceSpec) => ORDER.indexOf(importance)
  return sources.filter(({ ended }) => ended !== true).sort((a, b) => placeOf(a) - placeOf(b))
}

function sourceNamed(sources: readonly SourceSpec[], name: string): SourceSpec {
  const source = sources.find((one) => one.name === name)
  if (source === undefined) throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name })
  if (source.ended) throw new DatisError('SOURCE_ENDED', 'No snapshot of the source is taken any more.', { name })
  return source
}

/** Newest first. */
export async function listSnapshots(box: OpenedBox): Promise<{ items: SnapshotResult[] }> {
  const items: SnapshotResult[] = []
  const all = box.vault.snapshots()
  for (const snapshot of all) items.push(await shownSnapshot(box, snapshot, all))
  return { items: items.sort((a, b) => (a.at < b.at ? 1 : -1)) }
}

async function shownSnapshot(box: OpenedBox, snapshot: Snapshot, all: readonly Snapshot[]): Promise<SnapshotResult> {
  const incomplete = await box.vault.incompleteItems(snapshot).catch((error: unknown) => {
    // Its list is damaged or gone: what hides all snapshots would stop all that is done with them.
    if (!(error instanceof DatisError)) throw error
    box.world.log.error('snapshot.list.unread', { snapshot: snapshot.snapshot, code: error.code })
    return []
  })
  return {
    id: snapshot.snapshot,
    source: snapshot.source,
    startedAt: shownInstant(snapshot.startedAt),
    at: shownInstant(snapshot.at),
    state: snapshot.state,
    local: snapshot.local,
    remote: snapshot.remote,
    hold: snapshot.hold,
    files: snapshot.files,
    bytes: snapshot.bytes,
    fall: fallOf(snapshot, all),
    incomplete: incomplete.map(({ path, cause }) => ({ ...shownPath(path), cause })),
  }
}

export async function showSnapshot(
  box: OpenedBox,
  { id, path, pathBytes }: Operations['snapshot.show'][0],
): Promise<{ items: EntryResult[] }> {
  const exact = pathBytes === undefined ? pathFromText(path) : pathFromBytes(Buffer.from(pathBytes, 'base64'))
  const entries = await box.vault.listFolder(box.vault.snapshot(id), exact)
  return { items: entries.map((entry) => shownEntry(entry)) }
}
