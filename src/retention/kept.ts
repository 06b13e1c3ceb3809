/** Which snapshots a policy keeps. Pure. */
import { DatisError } from '#base'
import type { Policy, Tier } from './policy.ts'
import { nextSlot, slotOf } from './slots.ts'
import { before } from './span.ts'

type Zoned = Temporal.ZonedDateTime

/** One of a source's, in any order. */
export interface Taken {
  /** Wall clock, ms. */
  readonly at: number
  /** Nothing was left out of it. */
  readonly isComplete: boolean
}

export interface Moment {
  /** Wall clock, ms. */
  readonly now: number
  /** IANA name. */
  readonly zone: string
}

/** Half open: later than `from`, not later than `to`; null: from the beginning. */
interface Window {
  readonly tier: Tier
  readonly from: Zoned | null
  readonly to: Zoned
}

/** A coarser tier takes over where the finer one stops. */
function windowsOf({ tiers }: Policy, { now, zone }: Moment): Window[] {
  const end = zoned(now, zone)
  let to = end
  return tiers.map((tier) => {
    const from = tier.duration === null ? null : before(end, tier.duration)
    const window = { tier, from, to }
    to = from ?? to
    return window
  })
}

/**
 * Those that are kept: of each slot that begins in the window of its tier the earliest complete one (of a slot without
 * one, the earliest); always the newest, the newest complete one, and what is later than now. ZONE_INVALID
 */
export function keptOf<One extends Taken>(policy: Policy, snapshots: readonly One[], moment: Moment): Set<One> {
  const sorted = snapshots.toSorted((a, b) => a.at - b.at)
  const kept = new Set<One>(sorted.filter(({ at }) => at > moment.now))
  for (const newest of [sorted.at(-1), sorted.findLast(({ isComplete }) => isComplete)]) {
    if (newest !== undefined) kept.add(newest)
  }
  for (const window of windowsOf(policy, moment)) for (const one of keptIn(window, sorted, moment.zone)) kept.add(one)
  return kept
}

function keptIn<One extends Taken>(
  { tier: { period }, from, to }: Window,
  sorted: readonly One[],
  zone: string,
): One[] {
  const first = from?.epochMilliseconds ?? Number.NEGATIVE_INFINITY
  const last = nextSlot(slotOf(to, period), period).epochMilliseconds
  const bySlot = new Map<number, One>()
  for (const one of sorted) {
    if (one.at <= first || one.at >= last) continue
    const slot = slotOf(zoned(one.at, zone), period).epochMilliseconds
    if (slot <= first || slot > to.epochMilliseconds) continue
    const known = bySlot.get(slot)
    if (known === undefined || (one.isComplete && !known.isComplete)) bySlot.set(slot, one)
  }
  return [...bySlot.values()]
}

/**
 * What would be kept now if a snapshot had been taken at each of the finest slots, newest first; of a tier that ends
 * never, the last ten years. POLICY_TOO_FINE
 */
export function simulated(policy: Policy, { now, zone }: Moment): number[] {
  const [finest] = policy.tiers
  if (finest === undefined) return []
  const kept = new Set<number>()
  for (const { tier, from, to } of windowsOf(policy, { now, zone })) {
    const start = from ?? before(to, YEARS_SHOWN)
    let slot = slotOf(start, tier.period)
    if (Temporal.ZonedDateTime.compare(slot, start) <= 0) slot = nextSlot(slot, tier.period)
    for (; Temporal.ZonedDateTime.compare(slot, to) <= 0; slot = nextSlot(slot, tier.period)) {
      kept.add(firstIn(slot, finest).epochMilliseconds)
      if (kept.size > SHOWN_MAX)
        throw new DatisError('POLICY_TOO_FINE', 'Too many snapshots would be kept.', { most: SHOWN_MAX })
    }
  }
  const newest = slotOf(zoned(now, zone), finest.period).epochMilliseconds
  return [...kept.add(newest)].filter((at) => at <= now).sort((a, b) => b - a)
}

/** A second of work; nobody reads as many. */
const SHOWN_MAX = 100_000
const YEARS_SHOWN = { count: 10, unit: 'y' } as const

/** The first of the finest slots that begins no earlier. */
function firstIn(slot: Zoned, { period }: Tier): Zoned {
  const at = slotOf(slot, period)
  return Temporal.ZonedDateTime.compare(at, slot) < 0 ? nextSlot(at, period) : at
}

function zoned(at: number, zone: string): Zoned {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
}
