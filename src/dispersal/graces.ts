/**
 * The long waits between owners and hosts. Boxes promise each other the usual ones. In a practice community, all of it
 * on one machine (`datis lab up --fast`), a day passes in ten seconds, so that people see what takes weeks.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#base'

export interface Graces {
  /** So long a new fragment waits for its host before a spare host takes it (security rule 10). */
  readonly hostAbsentMs: number
  /** Lived time that a host counts for each ms: purges, the brake and its own reading again go by lived time alone. */
  readonly livedRate: number
  /** Between two looks of a host at what is due, and at its clocks. */
  readonly lookMs: number
}

export const USUAL_GRACES: Graces = { hostAbsentMs: 48 * HOUR_MS, livedRate: 1, lookMs: 9 * MINUTE_MS }

const FAST_DAY_MS = 10 * SECOND_MS

/** Half a day from look to look: the brake needs a sample of each. */
export const FAST_GRACES: Graces = {
  hostAbsentMs: 2 * FAST_DAY_MS,
  livedRate: DAY_MS / FAST_DAY_MS,
  lookMs: FAST_DAY_MS / 2,
}
