/** The restore for practice, and the evidence of it. */
import { z } from 'zod'
import {
  type BytePath,
  codeOf,
  DatisError,
  type Disk,
  decodeCbor,
  ignoring,
  joinPath,
  MiB,
  readWhole,
  writeDurably,
} from '#base'
import { hostsFor } from '#community'
import { count, encodeWith } from '#crypto'
import type { DamagedFragment } from '#dispersal'
import type { Snapshot } from '#storage'
import { readConfirmed } from '../confirmed.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { DrillResult, OperationContext, Operations, Within } from '../operations.ts'
import { packFetcher, reachableHosts } from '../peers.ts'
import { checkHosts } from './community.ts'
import { shownInstant, shownPath } from './shown.ts'

const FILE = 'drills.cbor'
/** A hundred of a hundred sources and more; of a thousand sources fewer are kept. */
const FILE_BYTES_MAX = MiB
const KEPT = 100
const SAMPLE_DEFAULT = 20
/** One that does not answer is named, not waited for. */
const TRIES = 1

const evidenceSchema = z.strictObject({
  at: count(),
  state: z.enum(['ok', 'degraded', 'failed']),
  snapshots: z.array(z.string().max(64)).max(1000),
  files: count(),
  bytes: count(),
})
const fileSchema = z.strictObject({ format: z.literal(1), drills: z.array(evidenceSchema).max(KEPT) })

export type Evidence = z.output<typeof evidenceSchema>

/** Newest first; a file that does not read proves nothing. */
export function evidence(disk: Disk, folder: BytePath): Evidence[] {
  try {
    const bytes = ignoring(['ENOENT'], () => readWhole(disk, joinPath(folder, FILE), FILE_BYTES_MAX))
    return bytes === undefined ? [] : decodeCbor('drills', fileSchema, bytes).drills
  } catch (error) {
    if (error instanceof DatisError) return []
    throw error
  }
}

/** SOURCE_UNKNOWN, SNAPSHOT_UNKNOWN: nothing is there to be proved. NOT_FOUNDED, COMMUNITY_ALONE */
export async function runDrill(
  box: OpenedBox,
  { sample = SAMPLE_DEFAULT, source }: Operations['drill.run'][0],
  context: OperationContext,
): Promise<DrillResult> {
  checkHosts(box)
  const { signal } = context
  const snapshots = newestOf(box, source)
  const damaged = new Map<string, DamagedFragment>()
  const fetchPack = packFetcher(box, (one) => damaged.set(`${one.host} ${one.fragment}`, one), TRIES)
  const sum = { files: 0, bytes: 0, packs: 0 }
  const failed: DrillResult['failed'][number][] = []
  for (const snapshot of snapshots) {
    const { vault, world } = box
    const options = { sample, random: world.random, signal, fetchPack, onProgress: context.onProgress }
    const report = await vault.drill(snapshot, options)
    for (const what of ['files', 'bytes', 'packs'] as const) sum[what] += report[what]
    failed.push(...report.failed.map(({ path, cause }) => ({ ...shownPath(path), snapshot: snapshot.snapshot, cause })))
  }
  const silent = await silentHosts(box, signal)
  const state = failed.length > 0 ? 'failed' : silent.length > 0 ? 'degraded' : 'ok'
  const at = Math.floor(box.world.clock.wall())
  const ids = snapshots.map(({ snapshot }) => snapshot)
  keep(box, { at, state, snapshots: ids, files: sum.files, bytes: sum.bytes })
  return { state, at: shownInstant(at), snapshots: ids, ...sum, failed, silent, damaged: [...damaged.values()] }
}

/** What a disaster would leave to be restored: the newest complete snapshot of each source that hosts keep. */
function newestOf({ vault, world, folder }: OpenedBox, source: string | undefined): Snapshot[] {
  const sent = new Set(readConfirmed(world.disk, folder)?.snapshots)
  const newest = new Map<string, Snapshot>()
  for (const one of vault.snapshots()) {
    if (!one.remote || one.state !== 'complete' || (source !== undefined && one.source !== source)) continue
    // What came after the last round is on its way still.
    const known = newest.get(one.source)
    if (known === undefined || !sent.has(known.snapshot) || sent.has(one.snapshot)) newest.set(one.source, one)
  }
  if (newest.size > 0) return [...newest.values()]
  if (source !== undefined) throw new DatisError('SOURCE_UNKNOWN', 'No source has that name.', { name: source })
  throw new DatisError('SNAPSHOT_UNKNOWN', 'The vault has no such snapshot.', { id: 'latest' })
}

async function silentHosts(box: OpenedBox, signal: AbortSignal): Promise<DrillResult['silent']> {
  const reached = await reachableHosts(box, signal)
  const hosts = hostsFor(box.charter, box.settings.organisation)
  return hosts.filter(({ box: id }) => !reached.has(id)).map(({ box: host, name }) => ({ host, name }))
}

function keep({ world, folder }: OpenedBox, one: Evidence): void {
  const drills = [one, ...evidence(world.disk, folder)].slice(0, KEPT)
  try {
    let bytes = encodeWith(fileSchema, { format: 1, drills })
    while (bytes.length > FILE_BYTES_MAX && drills.pop() !== undefined)
      bytes = encodeWith(fileSchema, { format: 1, drills })
    writeDurably(world.disk, folder, FILE, bytes)
  } catch (error) {
    // What was proved was proved; that it cannot be kept is the disk's trouble.
    world.log.error('drill.unkept', { code: codeOf(error) })
  }
}

export async function listDrills(
  { world, folder, vault }: OpenedBox,
  { within }: Within,
): Promise<Operations['drill.list'][1]> {
  const all = evidence(world.disk, folder).map((one) => ({ ...one, at: shownInstant(one.at) }))
  if (within === undefined) return { items: all }
  const own = new Set(vault.snapshots().flatMap(({ source, snapshot }) => (within.includes(source) ? [snapshot] : [])))
  const items = all.map((one) => ({ ...one, snapshots: one.snapshots.filter((id) => own.has(id)) }))
  return { items: items.filter(({ snapshots }) => snapshots.length > 0) }
}
