/** The states of security rule 5, and how they age: what was not confirmed for too long is unknown. Pure. */
import { DAY_MS, HOUR_MS } from '#base'

/** From bad to good. */
export const BACKUP_STATES = ['unknown', 'incomplete', 'stored', 'protected', 'whole'] as const
export type BackupState = (typeof BACKUP_STATES)[number]

/** Dispersal runs each hour; a night without the line is no alarm. */
const CONFIRMED_MS = 26 * HOUR_MS
/** A drill runs each day. */
const PROVED_MS = 8 * DAY_MS
/** A machine that was off for a weekend. */
const SILENT_MS = 3 * DAY_MS
const LATE_MS = HOUR_MS
/** Of clocks that were set. */
const AHEAD_MS = HOUR_MS

export interface TakenSnapshot {
  readonly id: string
  readonly startedAt: number
  readonly isComplete: boolean
}

export interface SourceFacts {
  /** Of this source, in the order of the log. */
  readonly snapshots: readonly TakenSnapshot[]
  /** How often one is due; null: never any more. */
  readonly periodMs: number | null
  readonly now: number
  /** The last round over all hosts; null: none is known, or there are no hosts. */
  readonly confirmed: { readonly at: number; readonly state: BackupState; readonly snapshots: readonly string[] } | null
  readonly hasHosts: boolean
  /** Newest first. */
  readonly drills: readonly { readonly at: number; readonly state: string; readonly snapshots: readonly string[] }[]
}

export interface SourceState {
  readonly state: BackupState
  /** The newest complete one. */
  readonly newest: TakenSnapshot | null
  /** None was taken in time. */
  readonly isLate: boolean
  /** When a drill brought some of it back from the hosts; null: none did of late. */
  readonly provedAt: number | null
}

export function stateOf(facts: SourceFacts): SourceState {
  const { snapshots, now, periodMs, drills } = facts
  const newest = snapshots.findLast(({ isComplete }) => isComplete) ?? null
  const sinceMs = newest === null ? Number.POSITIVE_INFINITY : now - newest.startedAt
  const dueMs = periodMs === null ? Number.POSITIVE_INFINITY : 2 * periodMs
  const ids = new Set(snapshots.map(({ id }) => id))
  const drill = drills.find(({ snapshots: tried }) => tried.some((id) => ids.has(id)))
  const isProved = drill !== undefined && drill.state !== 'failed' && isFresh(drill.at, now, PROVED_MS)
  return {
    state: ageing(facts, newest, sinceMs > dueMs + SILENT_MS),
    newest,
    isLate: sinceMs > dueMs + LATE_MS,
    provedAt: isProved ? drill.at : null,
  }
}

function ageing({ snapshots, confirmed, hasHosts, now }: SourceFacts, newest: TakenSnapshot | null, isSilent: boolean) {
  if (newest === null || isSilent || newest.startedAt > now + AHEAD_MS) return 'unknown'
  if (snapshots.at(-1)?.isComplete === false) return 'incomplete'
  if (!hasHosts) return 'stored'
  if (confirmed === null || !isConfirmedLately(confirmed.at, now)) {
    // It is on the disk, and nobody had the time yet to send it.
    return isFresh(newest.startedAt, now, CONFIRMED_MS) ? 'stored' : 'unknown'
  }
  return confirmed.snapshots.includes(newest.id) ? confirmed.state : 'stored'
}

/** Whether what a round over all hosts saw then still says something. */
export function isConfirmedLately(at: number, now: number): boolean {
  return isFresh(at, now, CONFIRMED_MS)
}

function isFresh(at: number, now: number, forMs: number): boolean {
  return at <= now + AHEAD_MS && now - at <= forMs
}

/** The worst counts. */
export function worstOf(states: readonly BackupState[]): BackupState {
  return BACKUP_STATES.find((one) => states.includes(one)) ?? 'unknown'
}
