/** What is due, by policies and by what was done last. Pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#base'
import { dueAt, type Moment, type Policy } from '#retention'

/** One that failed is tried again after so long, or in its next slot. */
const AGAIN_MS = 15 * MINUTE_MS
const DISPERSE_MS = HOUR_MS
const EXPIRE_MS = HOUR_MS
const COLLECT_MS = DAY_MS

const DRILL_MS = DAY_MS
const PROBE_MS = DAY_MS
/** Reading the whole vault takes hours. */
const SCRUB_MS = 7 * DAY_MS

export type Job =
  | 'snapshot.take'
  | 'disperse'
  | 'snapshot.expire'
  | 'vault.collect'
  | 'peer.probe'
  | 'vault.scrub'
  | 'drill.run'

export interface SourceState {
  readonly name: string
  /** How long its snapshots are kept here: the finest period says how often one is taken. */
  readonly policy: Policy
  /** When the last run began; null before the first. */
  readonly lastStart: number | null
}

export interface Done {
  /** Wall ms at which the last run began, and whether it came to a good end; null before the first. */
  readonly at: number
  readonly good: boolean
}

export interface Due {
  readonly sources: readonly string[]
  readonly jobs: readonly Exclude<Job, 'snapshot.take'>[]
}

/** A snapshot is due once the clock has come into another slot; one that failed is tried again within it. */
export function isSnapshotDue({ policy, lastStart }: SourceState, tried: Done | null, moment: Moment): boolean {
  const { now } = moment
  const at = dueAt(policy, lastStart, moment)
  if (at === null || at > now) return false
  return tried === null || tried.at < at || tried.at > now || now - tried.at >= AGAIN_MS
}

/** In the order in which they are of use to one another. */
export function jobsDue(last: ReadonlyMap<Job, Done>, now: number): Due['jobs'] {
  const every = [
    ['disperse', DISPERSE_MS],
    ['snapshot.expire', EXPIRE_MS],
    ['vault.collect', COLLECT_MS],
    ['peer.probe', PROBE_MS],
    ['vault.scrub', SCRUB_MS],
    ['drill.run', DRILL_MS],
  ] as const
  return every.filter(([job, everyMs]) => isDue(last.get(job) ?? null, everyMs, now)).map(([job]) => job)
}

function isDue(last: Done | null, everyMs: number, now: number): boolean {
  if (last === null || last.at > now) return true
  return now - last.at >= (last.good ? everyMs : Math.min(everyMs, AGAIN_MS))
}
