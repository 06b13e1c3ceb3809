/** When the next snapshot of a source is due. Pure. */
import type { Moment } from './kept.ts'
import type { Policy } from './policy.ts'
import { nextSlot, slotOf } from './slots.ts'

/**
 * In wall ms, where a slot of the finest period begins: a moment that is over when it is due already; however many were
 * missed, one is taken. Null: none is ever due. `lastStart`: when the last run began.
 */
export function dueAt({ tiers }: Policy, lastStart: number | null, { now, zone }: Moment): number | null {
  const [finest] = tiers
  if (finest === undefined) return null
  const slot = slotOf(Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone), finest.period)
  // A clock that was ahead once is no reason to take none for years.
  const isTaken = lastStart !== null && lastStart >= slot.epochMilliseconds && lastStart <= now
  return (isTaken ? nextSlot(slot, finest.period) : slot).epochMilliseconds
}
