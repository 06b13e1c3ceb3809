import { codeOf, DatisError, noteGarbage, pathFromText, SECOND_MS } from '#base'
import type { Code } from '#coding'
import {
  type DisperseInput,
  type DisperseReport,
  type PackToPlace,
  type PlacedStripe,
  type PreparedStripe,
  placedFromStatement,
  signStripe,
  stripeRecordOf,
} from '#dispersal'
import type { PackInfo, Snapshot } from '#storage'
import { keepConfirmed } from '../confirmed.ts'
import { encodeStripeJob } from '../jobs/encode-stripe.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { DisperseResult, OperationContext } from '../operations.ts'
import { packFetcher } from '../peers.ts'
import { keepRootRequest } from '../root-requests.ts'
import { bringMetadataHome, catchUp } from './catch-up.ts'
import { heedClocks } from './clocks.ts'
import { checkHosts } from './community.ts'
import { sendContacts } from './contacts.ts'
import { Recoding } from './recode.ts'
import { noteStrays, placedRecord, sendReleases } from './releases.ts'

const PAUSE_MS = 5 * SECOND_MS
const EVERYTHING = pathFromText('')
/** A host is on another branch of our history: it is left there until root has said which one goes on. */
const FORKS = new Set(['LOG_FORK', 'HEAD_FORK'])

/** Rounds until everything is whole or the time is over; each round goes on where the one before stopped. */
export async function disperse(
  box: OpenedBox,
  args: { readonly waitMs: number },
  context: OperationContext,
): Promise<DisperseResult> {
  checkHosts(box)
  const { clock } = box.world
  const until = clock.monotonic() + args.waitMs
  await bringMetadataHome(box, context)
  const recoding = new Recoding(box)
  for (;;) {
    const report = await oneRound(box, context)
    box.draining.note(report, clock)
    noteStrays(box, report.unnamed)
    await heedClocks(box, report, context.signal)
    // The next round places what was packed anew, and counts no more what was let go of.
    if (await recoding.goOn(report, context)) continue
    // Before hosts are asked to forget anything they know whom to tell of it.
    await sendContacts(box, context.signal)
    await sendReleases(box, context.signal)
    if (report.state !== 'stored') context.onProgress({ phase: 'witness', reached: report.state })
    if (report.state === 'whole' || clock.monotonic() + PAUSE_MS > until) return shownReport(report)
    await clock.sleep(PAUSE_MS, context.signal)
  }
}

/** What all hosts hold of this box's packs, and what they lacked sent. */
export async function disperseOnce(box: OpenedBox, context: OperationContext): Promise<DisperseReport> {
  checkHosts(box)
  await bringMetadataHome(box, context)
  return await oneRound(box, context)
}

async function oneRound(box: OpenedBox, context: OperationContext): Promise<DisperseReport> {
  try {
    const from = Math.floor(box.world.clock.wall())
    const report = await roundOrCatchUp(box, context)
    confirm(box, report, from)
    if (report.trouble.some(({ code }) => FORKS.has(code))) keepRootRequest(box)
    return report
  } catch (error) {
    box.draining.forget()
    if (codeOf(error) === 'BOX_REFUSED' || FORKS.has(codeOf(error))) keepRootRequest(box)
    throw error
  }
}

/** What this round saw of the newest snapshots. Hosts show their rows at its beginning, and what it sends may take days. */
function confirm({ world, folder, vault, margin }: OpenedBox, report: DisperseReport, from: number): void {
  const { state, trouble } = report
  margin.note(report, from)
  keepConfirmed(world, folder, {
    at: Math.floor(world.clock.wall()),
    state,
    snapshots: newestComplete(vault.snapshots()).map(({ snapshot }) => snapshot),
    trouble: trouble.map(({ host, code }) => ({ host, code })),
  })
}

async function roundOrCatchUp(box: OpenedBox, context: OperationContext): Promise<DisperseReport> {
  try {
    return await box.disperser.run(inputOf(box, context), context.signal)
  } catch (error) {
    if (codeOf(error) !== 'HEAD_ROLLED_BACK') throw error
    await catchUp(box, context)
    await bringMetadataHome(box, context)
    return await box.disperser.run(inputOf(box, context), context.signal)
  }
}

function inputOf(box: OpenedBox, context: OperationContext): DisperseInput {
  const { vault } = box
  const packs = livePacks(box)
  const bytesTotal = packs.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    signer: box.signer,
    charter: box.charter,
    packs: newestMetadataFirst(packs),
    placed: placedStripes(box, packs),
    prepare: (pack, code, signal) => prepareStripe(box, pack, code, signal),
    onPlaced: (placed) => logPlaced(box, placed),
    vaultLog: vault.log,
    keyring: box.secrets.wrappedKeyring,
    dispensable: (lost) => isDispensable(box, lost),
    knows: (stripe) => vault.pack(stripe) !== undefined,
    liveStripes: () => livePacks(box).map(({ id }) => id),
    knownHosts: box.knownHosts,
    epoch: box.epochStatement,
    onProgress: ({ phase, bytesDone }) => context.onProgress({ phase, bytesDone, bytesTotal }),
  }
}

/** What hosts are asked to forget is placed no more, and counts nowhere. */
function livePacks({ vault }: OpenedBox): PackInfo[] {
  return [...vault.packs()].filter(({ released }) => !released)
}

/** Rule 5: a box is protected when the newest complete snapshot of each source is. */
export async function isDispensable({ vault, world }: OpenedBox, lost: ReadonlySet<string>): Promise<boolean> {
  const newest = newestComplete(vault.snapshots())
  try {
    for (const snapshot of newest) {
      const needed = await vault.remotePacksOf(snapshot, EVERYTHING, lost)
      if (!needed.isDisjointFrom(lost)) return false
    }
    return newest.length > 0
  } catch (error) {
    // A tree that cannot be read may lead to anything.
    if (!(error instanceof DatisError)) throw error
    world.log.warn('disperse.snapshot.unread', { code: error.code })
    return false
  }
}

/** Of each source. In the order of the log: what was taken while the clock was ahead is not the newest for ever. */
export function newestComplete<Taken extends Pick<Snapshot, 'source' | 'state'>>(snapshots: Iterable<Taken>): Taken[] {
  const newest = new Map<string, Taken>()
  for (const snapshot of snapshots) if (snapshot.state === 'complete') newest.set(snapshot.source, snapshot)
  return [...newest.values()]
}

/** Metadata is small, and without it no data can be found again. */
function newestMetadataFirst(packs: readonly PackInfo[]): PackInfo[] {
  return [...packs].sort((a, b) => (a.class === b.class ? b.at - a.at : a.class === 'metadata' ? -1 : 1))
}

function placedStripes(box: OpenedBox, packs: readonly PackInfo[]): Map<string, PlacedStripe> {
  const placed = new Map<string, PlacedStripe>()
  for (const { id } of packs) {
    const record = box.vault.placement(id)
    if (record !== undefined) placed.set(id, placedFromStatement(record.statement, record.rows))
  }
  return placed
}

async function prepareStripe(
  box: OpenedBox,
  pack: PackToPlace,
  code: Code,
  signal: AbortSignal,
): Promise<PreparedStripe> {
  const info = box.vault.pack(pack.id)
  const source = info?.local
    ? { path: box.vault.packPath(pack.id) }
    : { bytes: await packFetcher(box, () => undefined)(pack.id, signal) }
  const input = { pack: { ...pack, generation: info?.generation ?? 1 }, source, code, keys: box.vault.keys }
  const encoded = await box.stripeWorkers.run(encodeStripeJob, input, { signal })
  const identity = { owner: box.settings.box, stripe: pack.id, class: pack.class }
  const fragmentBytes = encoded.payloads[0]?.byteLength ?? 0
  const record = stripeRecordOf(identity, code, encoded.packBytes, { fragmentBytes, roots: encoded.roots })
  return { class: pack.class, code, ...encoded, record: signStripe(box.signer, record) }
}

function logPlaced(box: OpenedBox, placed: PlacedStripe): void {
  // Its fragments have gone out, each a copy with its header.
  noteGarbage((placed.packBytes * placed.code.n) / placed.code.k)
  box.vault.log.append([placedRecord(placed)])
}

function shownReport({ state, head, receipts, needed, stripes, trouble, failed }: DisperseReport): DisperseResult {
  const unread = failed.map(({ stripe, code }) => ({ host: `local:${stripe}`, code }))
  return { state, head, receipts, needed, stripes, trouble: [...trouble, ...unread] }
}
