/** Leaving in good order: what others keep here goes to others first, what is our own comes home, and all sign. */
import { codeOf, DatisError, encodeCbor, mapConcurrent, SECOND_MS, writeDurably } from '#base'
import { askDrain, type BoxOfMember, boxesOf, type DrainAnswer, findBox, hostsFor } from '#community'
import { foldersOf } from '../data-folder.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { ActResult, DrainedBox, DrainResult, OperationContext, Operations } from '../operations.ts'
import { packFetcher } from '../peers.ts'
import { shown } from './acts.ts'
import { shownInstant } from './shown.ts'

const RECEIPTS_FILE = 'drained.cbor'
const PAUSE_MS = 5 * SECOND_MS
const HOSTS_AT_ONCE = 16
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS
/** Another box of ours that is taken out may have burnt. */
const NOBODY_TO_WAIT_FOR: DrainResult = { state: 'drained', missing: { packs: 0, bytes: 0 }, boxes: [] }

/**
 * Says that this box is leaving, and waits until everybody does without it. Asked again it goes on where it stopped.
 * COMMUNITY_LEFT, BOXES_LEFT
 */
export async function drain(
  box: OpenedBox,
  { waitMs, box: named }: Operations['community.drain'][0],
  context: OperationContext,
): Promise<DrainResult> {
  if (named === undefined) checkLast(box)
  else if (!box.settings.box.startsWith(named.toLowerCase())) return NOBODY_TO_WAIT_FOR
  await markLeaving(box, context)
  const { clock } = box.world
  const until = clock.monotonic() + waitMs
  for (;;) {
    const missing = await box.call('vault.fetch', {}, context)
    const asked = await askAll(box, context)
    keepReceipts(box, asked)
    const boxes = asked.map((one) => shownBox(box, one))
    const ready = boxes.filter(({ state }) => state !== 'moving' && state !== 'silent').length
    context.onProgress({ phase: 'drain', boxesDone: ready, boxesTotal: boxes.length })
    const state = ready === boxes.length && missing.packs === 0 ? 'drained' : 'draining'
    if (state === 'drained' || clock.monotonic() + PAUSE_MS > until) return { state, missing, boxes }
    await clock.sleep(PAUSE_MS, context.signal)
  }
}

function checkLast({ charter, settings }: OpenedBox): void {
  const others = boxesOf(charter).filter(
    ({ box, organisation }) => organisation === settings.organisation && box !== settings.box,
  )
  if (others.length === 0) return
  const details = { count: others.length }
  throw new DatisError('BOXES_LEFT', 'The organisation has other boxes in the community.', details)
}

async function markLeaving(box: OpenedBox, { signal }: OperationContext): Promise<void> {
  const { box: id, name, addresses, leaving } = listedOf(box)
  if (leaving !== undefined) return
  const entry = { box: id, name, addresses: [...addresses], leaving: Math.floor(box.world.clock.wall()) }
  await box.keeper.propose({ kind: 'addresses', box: entry }, signal)
}

/** Stays after all: new fragments may come again. NOT_LEAVING */
export async function stay(box: OpenedBox, _args: object, { signal }: OperationContext): Promise<ActResult> {
  const { box: id, name, addresses, leaving } = listedOf(box)
  if (leaving === undefined) throw new DatisError('NOT_LEAVING', 'This box is not about to leave.')
  const entry = { box: id, name, addresses: [...addresses] }
  return shown(await box.keeper.propose({ kind: 'addresses', box: entry }, signal))
}

function listedOf({ charter, settings }: OpenedBox): BoxOfMember {
  const listed = findBox(charter, settings.box)
  if (listed !== undefined) return listed
  throw new DatisError('COMMUNITY_LEFT', 'This box is no longer a member of its community.')
}

interface Asked {
  readonly host: BoxOfMember
  readonly answer: DrainAnswer | null
  /** Why there is no answer. */
  readonly code: string | null
}

async function askAll(box: OpenedBox, { signal }: OperationContext): Promise<Asked[]> {
  const hosts = hostsFor(box.charter, box.settings.organisation)
  return await mapConcurrent(hosts, HOSTS_AT_ONCE, (host, inner) => askOne(box, host, inner), signal)
}

async function askOne(box: OpenedBox, host: BoxOfMember, signal: AbortSignal): Promise<Asked> {
  using deadline = box.world.clock.deadline(ANSWER_TIMEOUT_MS)
  const either = AbortSignal.any([signal, deadline.signal])
  try {
    const session = await box.hosts.session(host.box, either)
    const answer = await askDrain(session, { leaving: box.settings.box, asked: host }, either)
    return { host, answer, code: null }
  } catch (error) {
    signal.throwIfAborted()
    return { host, answer: null, code: deadline.signal.aborted ? 'PEER_TIMEOUT' : codeOf(error) }
  }
}

/** What everybody signed last, for whoever asks later. docs/formats/data-folder.md */
function keepReceipts({ world, folder }: OpenedBox, asked: readonly Asked[]): void {
  const receipts = asked.flatMap(({ host: { box }, answer }) =>
    answer === null ? [] : [{ box, drained: answer.drained, kept: answer.kept }],
  )
  writeDurably(world.disk, foldersOf(folder).community, RECEIPTS_FILE, encodeCbor({ format: 1, receipts }))
}

function shownBox({ knownHosts }: OpenedBox, { host: { box, name, organisation }, answer, code }: Asked): DrainedBox {
  const { fragments = 0, bytes = 0, until } = answer?.keeps ?? {}
  const state = answer?.standing ?? (knownHosts.isAbsent(box) ? 'absent' : 'silent')
  return {
    box,
    name,
    organisation,
    state,
    code,
    fragments,
    bytes,
    until: until === undefined ? null : shownInstant(until),
  }
}

/** Brings packs home that only hosts have; how many are still missing. */
export async function fetchHome(
  box: OpenedBox,
  _args: object,
  { signal, onProgress }: OperationContext,
): Promise<{ readonly packs: number; readonly bytes: number }> {
  const { vault, world } = box
  const away = [...vault.packs()].filter(({ id, released }) => !released && !vault.hasPack(id))
  const bytesTotal = away.reduce((sum, { bytes }) => sum + bytes, 0)
  const missing = { packs: 0, bytes: 0 }
  let bytesDone = 0
  for (const { id, bytes } of away) {
    try {
      await vault.adoptPack(id, await packFetcher(box, () => undefined)(id, signal), { signal })
    } catch (error) {
      signal.throwIfAborted()
      world.log.warn('vault.fetch.failed', { pack: id, code: codeOf(error) })
      missing.packs++
      missing.bytes += bytes
    }
    bytesDone += bytes
    onProgress({ phase: 'fetch', bytesDone, bytesTotal })
  }
  return missing
}
