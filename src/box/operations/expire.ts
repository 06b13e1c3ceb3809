/** Snapshots that no policy keeps leave, on this box and on its hosts apart; what none needs any more is collected. */
import { codeOf, DatisError } from '#base'
import { hostsFor } from '#community'
import { keptOf } from '#retention'
import type { Side, Snapshot } from '#storage'
import type { OpenedBox } from '../opened-box.ts'
import type { CollectResult, ExpireResult, HoldResult, OperationContext, Operations } from '../operations.ts'
import { packFetcher } from '../peers.ts'
import { heedClocks } from './clocks.ts'
import { disperseOnce } from './disperse.ts'
import { policyOf } from './policies.ts'
import { cancelReleases, sendReleases } from './releases.ts'
import { isAlmostFull } from './snapshots.ts'

const ALONE = new Set(['NOT_FOUNDED', 'COMMUNITY_ALONE', 'COMMUNITY_LEFT', 'BOX_REMOVED'])

/** CLOCKS_DISAGREE, CLOCKS_UNKNOWN: nobody knows how old anything is. */
export async function expireSnapshots(
  box: OpenedBox,
  args: Operations['snapshot.expire'][0],
  { signal }: OperationContext,
): Promise<ExpireResult> {
  await checkClock(box, signal)
  const expired = { local: expiredOn(box, 'local'), remote: expiredOn(box, 'remote') }
  for (const side of ['local', 'remote'] as const) if (!args.dryRun) box.vault.expire(side, expired[side])
  return expired
}

/** Who has others asks them each time: a clock may have jumped a moment ago. */
async function checkClock(box: OpenedBox, signal: AbortSignal): Promise<void> {
  const { charters, settings, hosting } = box
  const others = charters.current === undefined ? [] : hostsFor(charters.current, settings.organisation)
  const answers = others.length === 0 ? 0 : await heedClocks(box, { trouble: [] }, signal)
  if (others.length > 0 && answers === 0) throw new DatisError('CLOCKS_UNKNOWN', 'No member says what time it is.')
  if ((await hosting.describe()).frozen) {
    throw new DatisError('CLOCKS_DISAGREE', 'The clock of this box is not to be trusted.')
  }
}

function expiredOn({ vault, world, settings }: OpenedBox, side: Side): string[] {
  const { sources } = vault.settings()
  const moment = { now: world.clock.wall(), zone: settings.zone }
  const bySource = Map.groupBy(
    vault.snapshots().filter((one) => one[side]),
    ({ source }) => source,
  )
  return [...bySource].flatMap(([name, snapshots]) => {
    const policy = policyOf(
      sources.find((source) => source.name === name),
      side,
    )
    const kept = keptOf(policy, snapshots.map(taken), moment)
    const ids = new Set([...kept].map(({ id }) => id))
    return snapshots.filter(({ snapshot, hold }) => hold === null && !ids.has(snapshot)).map(({ snapshot }) => snapshot)
  })
}

/** A slot is that of the time at which the run began. */
function taken({ snapshot: id, startedAt: at, state }: Snapshot) {
  return { id, at, isComplete: state === 'complete' }
}

/** SNAPSHOT_UNKNOWN */
export async function holdSnapshot(box: OpenedBox, args: Operations['snapshot.hold'][0]): Promise<HoldResult> {
  const { snapshot, source } = box.vault.snapshot(args.id)
  const reason = args.reason?.trim() ?? null
  if (reason === '') throw new DatisError('HOLD_REASON_MISSING', 'A hold without a reason.')
  box.vault.hold(snapshot, reason)
  return { id: snapshot, source, reason }
}

/** First what the hosts have is looked at: a local copy goes only when its fragments were seen just now. */
export async function collect(
  box: OpenedBox,
  _args: Record<string, never>,
  context: OperationContext,
): Promise<CollectResult> {
  const states = await statesNow(box, context)
  const { released, dropped, missed, ...counts } = await box.vault.collect({
    signal: context.signal,
    onProgress: (event) => context.onProgress(event),
    isWhole: states && ((id) => states.get(id) === 'whole'),
    fetchPack: states && packFetcher(box, () => undefined),
    hasRoom: () => !isAlmostFull(box),
  })
  if (missed.length > 0) await cancelReleases(box, { packs: missed }, context)
  if (states !== null) await sendReleases(box, context.signal)
  return { released: released.length, dropped: dropped.length, ...counts }
}

/** Null: no other box keeps anything for this one. */
async function statesNow(box: OpenedBox, context: OperationContext) {
  try {
    return (await disperseOnce(box, context)).states
  } catch (error) {
    if (ALONE.has(codeOf(error))) return null
    throw error
  }
}
