/** Leaving in good order: what others keep here goes to others first, what is our own comes home, and all sign. */
import { codeOf, DatisError, MINUTE_MS, mapConcurrent, SECOND_MS } from '#base'
import { askDrain, type BoxOfMember, boxesOf, type DrainAnswer, findBox, hostsFor } from '#community'
import { DrainReceipts } from '../drain-receipts.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { ActResult, DrainedBox, DrainResult, OperationContext, Operations } from '../operations.ts'
import { oneOf, shown } from './acts.ts'
import { isDispensable } from './disperse.ts'
import { awayPacks } from './fetch-home.ts'
import { shownInstant } from './shown.ts'

const PAUSE_MS = 5 * SECOND_MS
const HOSTS_AT_ONCE = 16
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS
/** Who has been away for days may only be busy now. */
const SILENT_MS = 3 * MINUTE_MS

/**
 * Says that this box is leaving, and waits until everybody does without it. Asked again it goes on where it stopped.
 * COMMUNITY_LEFT, BOXES_LEFT, BOX_ANSWERS
 */
export async function drain(
  box: OpenedBox,
  { waitMs, box: named }: Operations['community.drain'][0],
  context: OperationContext,
): Promise<DrainResult> {
  const other = named === undefined ? checkLast(box) : otherOf(box, named)
  if (other !== null) return await withoutAsking(box, other, context)
  const { clock } = box.world
  const until = clock.monotonic() + waitMs
  for (;;) {
    const result = (await isLeaving(box, context)) ? await oneAsk(box, context) : unheard(box)
    if (result.state === 'drained' || clock.monotonic() + PAUSE_MS > until) return result
    await clock.sleep(PAUSE_MS, context.signal)
  }
}

function checkLast({ charter, settings }: OpenedBox): null {
  const others = boxesOf(charter).filter(
    ({ box, organisation }) => organisation === settings.organisation && box !== settings.box,
  )
  if (others.length === 0) return null
  const details = { count: others.length }
  throw new DatisError('BOXES_LEFT', 'The organisation has other boxes in the community.', details)
}

/** Null: it is this box that is named. */
function otherOf({ charter, settings }: OpenedBox, named: string): BoxOfMember | null {
  const own = boxesOf(charter).filter(({ organisation }) => organisation === settings.organisation)
  const id = oneOf(
    own.map(({ box }) => box),
    named,
    'BOX_UNKNOWN',
  )
  return id === settings.box ? null : (own.find(({ box }) => box === id) ?? null)
}

/** Another box of ours that is taken out may have burnt; one that runs leaves in good order itself. */
async function withoutAsking(box: OpenedBox, other: BoxOfMember, { signal }: OperationContext): Promise<DrainResult> {
  using deadline = box.world.clock.deadline(ANSWER_TIMEOUT_MS)
  const session = await box.hosts.session(other.box, AbortSignal.any([signal, deadline.signal])).catch(() => null)
  signal.throwIfAborted()
  if (session === null) return { state: 'drained', missing: { packs: 0, bytes: 0 }, boxes: [] }
  throw new DatisError('BOX_ANSWERS', 'That box runs, and can leave in good order.', { box: other.name })
}

/** Whether the charter in force says so. Not said twice while the first act waits for a majority to answer. */
async function isLeaving(box: OpenedBox, { signal }: OperationContext): Promise<boolean> {
  const { box: id, name, addresses, leaving } = listedOf(box)
  if (leaving !== undefined) return true
  const waits = box.keeper.pending
    .list()
    .some(({ body }) => body.kind === 'addresses' && body.box.box === id && body.box.leaving !== undefined)
  if (waits) return false
  const entry = { box: id, name, addresses: [...addresses], leaving: Math.floor(box.world.clock.wall()) }
  const { state } = await box.keeper.propose({ kind: 'addresses', box: entry }, signal)
  return state === 'done'
}

function unheard(box: OpenedBox): DrainResult {
  return { state: 'unheard', missing: missingOf(box), boxes: [] }
}

function missingOf(box: OpenedBox): DrainResult['missing'] {
  const away = awayPacks(box)
  return { packs: away.length, bytes: away.reduce((sum, { bytes }) => sum + bytes, 0) }
}

async function oneAsk(box: OpenedBox, context: OperationContext): Promise<DrainResult> {
  const receipts = new DrainReceipts(box, listedOf(box).leaving ?? 0)
  const asked = await askAll(box, context)
  receipts.keep(asked)
  const boxes = asked.map((one) => shownBox(one, stateOf(box, one, receipts)))
  const ready = boxes.filter(({ state }) => state !== 'moving' && state !== 'silent').length
  context.onProgress({ phase: 'drain', boxesDone: ready, boxesTotal: boxes.length })
  const missing = await box.call('vault.fetch', {}, context)
  const mayGo = ready === boxes.length && (missing.packs === 0 || (await isLostForGood(box)))
  return { state: mayGo ? 'drained' : 'draining', missing, boxes }
}

/** Everybody was asked for it, and no newest complete snapshot needs it: waiting brings nothing back. */
async function isLostForGood(box: OpenedBox): Promise<boolean> {
  const away = new Set(awayPacks(box).map(({ id }) => id))
  return away.isSubsetOf(box.draining.unfetched) && (await isDispensable(box, away))
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
  const asked = await mapConcurrent(hosts, HOSTS_AT_ONCE, (host, inner) => askOne(box, host, inner), signal)
  // When nobody answers it may be our own line.
  const lineWorks = asked.some(({ answer }) => answer !== null)
  for (const { host, answer } of asked) {
    if (answer !== null) box.knownHosts.answered(host.box)
    else if (lineWorks) box.knownHosts.missed(host.box)
    box.draining.noteAnswer(host.box, answer !== null || !lineWorks, box.world.clock)
  }
  return asked
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

function stateOf(
  { knownHosts, draining, world: { clock, graces } }: OpenedBox,
  { host, answer }: Asked,
  receipts: DrainReceipts,
): DrainedBox['state'] {
  if (answer !== null) return answer.standing
  if (receipts.counts(host)) return 'drained'
  const patienceMs = Math.min(SILENT_MS, graces?.hostAbsentMs ?? SILENT_MS)
  return knownHosts.isAbsent(host.box) && draining.silentMs(host.box, clock) >= patienceMs ? 'absent' : 'silent'
}

function shownBox({ host: { box, name, organisation }, answer, code }: Asked, state: DrainedBox['state']): DrainedBox {
  const { fragments = 0, bytes = 0, until } = answer?.keeps ?? {}
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
