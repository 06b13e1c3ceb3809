import { DAY_MS } from '#base'
import { disaster, searchLeaks } from './disaster.ts'
import { absence, age } from './long-times.ts'
import { describe, Town } from './town.ts'
import type { FaultCounts } from './trace.ts'

export interface SeedReport {
  readonly seed: number
  readonly boxes: number
  readonly virtualDays: number
  readonly snapshots: number
  /** What the seed did to the town, and what came of it, by name. */
  readonly counts: FaultCounts
  readonly failures: readonly string[]
  /** Equal for two runs of one seed. */
  readonly hash: string
}

const VIRTUAL_DAYS_MAX = 150

/** One town from its founding to the disaster and the recovery. The same seed does the same. */
export async function runSeed(seed: number, options: { onLine?: (line: string) => void } = {}): Promise<SeedReport> {
  const town = new Town({ seed, onLine: options.onLine })
  try {
    await town.clock.run(story(town), VIRTUAL_DAYS_MAX * DAY_MS)
  } catch (error) {
    town.fail(describe(error))
  }
  town.trace.note('town', 'end', town.clock.events)
  return {
    seed,
    boxes: town.boxes.length,
    virtualDays: town.clock.monotonic() / DAY_MS,
    snapshots: town.snapshots,
    counts: town.trace.counts,
    failures: town.failures,
    hash: town.trace.digest(),
  }
}

/** In half of the towns the disaster comes in the middle of the trouble, in the others after a calm day. */
async function story(town: Town): Promise<void> {
  await town.found()
  await town.live()
  await town.calm()
  const owner = town.random.pick(town.boxes)
  if (town.random.chance(0.5)) await calmTimes(town)
  else await town.lastWords(owner)
  searchLeaks(town, owner)
  await disaster(town, owner)
}

async function calmTimes(town: Town): Promise<void> {
  const aged = town.random.chance(0.5) && (await age(town))
  if (!aged && town.random.chance(0.3)) await absence(town)
  await town.settle()
}
