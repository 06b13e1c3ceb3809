import { type BytePath, codeOf, DatisError, pathFromBytes, pathFromText } from '#base'
import type { Snapshot, SourceSpec } from '#storage'
import { fallOf } from '../falls.ts'
import type { OpenedBox } from '../opened-box.ts'
import type {
  FailedSource,
  FolderArguments,
  FolderPage,
  OperationContext,
  SavedPath,
  SnapshotListArguments,
  SnapshotPage,
  SnapshotResult,
  Within,
} from '../operations.ts'
import { shownEntry, shownInstant, shownPath } from './shown.ts'
import { sourcesWithin } from './sources.ts'

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

/** Newest first; of one moment, by id. SOURCE_UNKNOWN, REQUEST_INVALID */
export async function listSnapshots(box: OpenedBox, args: SnapshotListArguments): Promise<SnapshotPage> {
  const { limit = Number.POSITIVE_INFINITY, before } = args
  const chosen = chosenSnapshots(box, args).sort((a, b) => (isAfter(keyOf(a), keyOf(b)) ? -1 : 1))
  const left = before === undefined ? chosen : chosen.filter((one) => isAfter(keyFrom(before), keyOf(one)))
  const page = left.slice(0, limit)
  const complete = completeOnes(box.vault.snapshots())
  const items: SnapshotResult[] = []
  for (const snapshot of page) items.push(await shownSnapshot(box, snapshot, lastBefore(snapshot, complete)))
  const last = page.at(-1)
  return { items, more: last === undefined || left.length === page.length ? null : shownKey(keyOf(last)) }
}

/** Of each source, oldest first. */
function completeOnes(snapshots: readonly Snapshot[]): ReadonlyMap<string, Snapshot[]> {
  const sorted = snapshots.filter(({ state }) => state === 'complete').sort((a, b) => a.startedAt - b.startedAt)
  return Map.groupBy(sorted, ({ source }) => source)
}

/** By halving: of thousands each is asked for the one before it. */
function lastBefore({ source, startedAt }: Snapshot, complete: ReadonlyMap<string, Snapshot[]>): Snapshot[] {
  const ones = complete.get(source) ?? []
  let [from, to] = [0, ones.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ones[middle]?.startedAt ?? 0) < startedAt) from = middle + 1
    else to = middle
  }
  return ones.slice(Math.max(0, from - 1), from)
}

function chosenSnapshots(box: OpenedBox, { source, from, to, within }: SnapshotListArguments): Snapshot[] {
  const [since, until] = [instantOf(from) ?? 0, instantOf(to) ?? Number.POSITIVE_INFINITY]
  const all = box.vault.snapshots().filter((one) => within === undefined || within.includes(one.source))
  if (source !== undefined) checkSource(box, { source, within }, all)
  return all.filter((one) => (source === undefined || one.source === source) && one.at >= since && one.at <= until)
}

/** One that was never saved is none that nobody knows. */
function checkSource(
  box: OpenedBox,
  { source, within }: { readonly source: string; readonly within: Within['within'] },
  snapshots: readonly Snapshot[],
): void {
  if (snapshots.some((one) => one.source === source)) return
  if (sourcesWithin(box, within).some(({ name }) => name === source)) return
  throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name: source })
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch (cause) {
    throw new DatisError('REQUEST_INVALID', 'This is no instant.', { at: text.slice(0, 100) }, { cause })
  }
}

type Key = readonly [at: number, id: string]

function keyOf({ at, snapshot }: Snapshot): Key {
  return [at, snapshot]
}

function shownKey([at, id]: Key): string {
  return `${at} ${id}`
}

function keyFrom(text: string): Key {
  const [at = '', id = ''] = text.split(' ')
  if (!/^\d{1,16}$/.test(at)) {
    throw new DatisError('REQUEST_INVALID', 'This is no place in the list.', { at: 'before' })
  }
  return [Number(at), id]
}

function isAfter(a: Key, b: Key): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0]
}

async function shownSnapshot(box: OpenedBox, snapshot: Snapshot, others: readonly Snapshot[]): Promise<SnapshotResult> {
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
    fall: fallOf(snapshot, others),
    incomplete: incomplete.map(({ path, cause }) => ({ ...shownPath(path), cause })),
  }
}

/** SNAPSHOT_UNKNOWN, PATH_UNKNOWN */
export async function showSnapshot(box: OpenedBox, args: FolderArguments): Promise<FolderPage> {
  const { id, after, limit } = args
  const page = await box.vault.listFolder(box.vault.snapshot(id), exactPath(args), {
    ...(after !== undefined && { after: pathFromBytes(Buffer.from(after, 'base64')) }),
    ...(limit !== undefined && { limit }),
  })
  const last = page.entries.at(-1)
  return {
    items: page.entries.map((entry) => shownEntry(entry)),
    more: page.more && last !== undefined ? shownPath(last.name).pathBytes : null,
  }
}

export function exactPath({ path, pathBytes }: SavedPath): BytePath {
  return pathBytes === undefined ? pathFromText(path) : pathFromBytes(Buffer.from(pathBytes, 'base64'))
}
