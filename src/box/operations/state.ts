/** What is saved and how safe it is, as of now. */
import { hostsFor } from '#community'
import { dueAt, minutesOf } from '#retention'
import type { SourceSpec } from '#storage'
import { readConfirmed } from '../confirmed.ts'
import { marginOf } from '../margin.ts'
import { namesOf } from '../names.ts'
import type { OpenedBox } from '../opened-box.ts'
import type { SourceStateResult, StateResult, Within } from '../operations.ts'
import { type SourceFacts, stateOf, worstOf } from '../states.ts'
import { evidence } from './drill.ts'
import { policyOf } from './policies.ts'
import { shownInstant } from './shown.ts'
import { sourcesWithin } from './sources.ts'

const MINUTE = 60_000

export async function showState(box: OpenedBox, { within }: Within): Promise<StateResult> {
  const { vault, world, folder, charters, settings } = box
  const confirmed = readConfirmed(world.disk, folder)
  const hosts = charters.current === undefined ? [] : hostsFor(charters.current, settings.organisation)
  const now = Math.floor(world.clock.wall())
  const drills = evidence(world.disk, folder)
  const common = { now, confirmed, drills, hasHosts: hosts.length > 0 }
  const taken = Map.groupBy(vault.snapshots(), ({ source }) => source)
  const sources = sourcesWithin(box, within).map((source) => {
    const snapshots = (taken.get(source.name) ?? []).map(({ snapshot: id, startedAt, state }) => ({
      id,
      startedAt,
      isComplete: state === 'complete',
    }))
    const facts = { ...common, snapshots, periodMs: periodOf(source) }
    return { ...shown(source, facts), ...runsOf(box, source, facts) }
  })
  const counted = sources.filter(({ ended }) => !ended)
  const names = namesOf(box)
  return {
    at: shownInstant(now),
    state: worstOf(counted.map(({ state }) => state)),
    confirmedAt: confirmed === null ? null : shownInstant(confirmed.at),
    isFounded: charters.current !== undefined,
    hosts: hosts.length,
    margin: marginOf(box, now),
    silent: hosts.filter((host) => box.margin.isSilent(host.box)).map((host) => ({ box: host.box, name: host.name })),
    trouble: (confirmed?.trouble ?? []).map(({ host, code }) => ({ host, name: names.box(host) ?? '', code })),
    sources,
  }
}

function periodOf(source: SourceSpec): number | null {
  const [finest] = policyOf(source, 'local').tiers
  return finest === undefined || source.ended ? null : minutesOf(finest.period) * MINUTE
}

/** The last one, and the next. */
function runsOf({ settings: { zone } }: OpenedBox, source: SourceSpec, { snapshots, now }: SourceFacts) {
  const last = snapshots.at(-1) ?? null
  const begun = snapshots.length === 0 ? null : Math.max(...snapshots.map(({ startedAt }) => startedAt))
  const due = source.ended ? null : dueAt(policyOf(source, 'local'), begun, { now, zone })
  return {
    last: last && { ...last, startedAt: shownInstant(last.startedAt) },
    dueAt: due === null ? null : shownInstant(due),
  }
}

function shown({ name, ended }: SourceSpec, facts: SourceFacts): Omit<SourceStateResult, 'last' | 'dueAt'> {
  const { state, newest, isLate, provedAt } = stateOf(facts)
  return {
    source: name,
    state,
    ended: ended === true,
    newest: newest === null ? null : { id: newest.id, startedAt: shownInstant(newest.startedAt) },
    isLate,
    provedAt: provedAt === null ? null : shownInstant(provedAt),
  }
}
