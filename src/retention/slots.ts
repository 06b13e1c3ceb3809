/** Slots of a period, aligned to the clock and the calendar of a zone: weeks begin on Monday. */
import { after, type Span } from './span.ts'

type Zoned = Temporal.ZonedDateTime

const DAY_ZERO = Temporal.PlainDate.from('1970-01-01')
/** A Monday. */
const WEEK_ZERO = Temporal.PlainDate.from('1970-01-05')

/** Where the slot begins in which this instant lies. */
export function slotOf(at: Zoned, { count, unit }: Span): Zoned {
  switch (unit) {
    case 'min':
      return floorTo(at, 'minute', count, 60)
    case 'h':
      return floorTo(at, 'hour', count, 24)
    case 'd':
      return aligned(at, DAY_ZERO, count)
    case 'w':
      return aligned(at, WEEK_ZERO, 7 * count)
    case 'mo':
      return at.with({ month: at.month - ((at.month - 1) % count), day: 1 }).startOfDay()
    case 'y':
      return at.with({ year: at.year - (at.year % count), month: 1, day: 1 }).startOfDay()
  }
}

function floorTo(at: Zoned, smallestUnit: 'minute' | 'hour', count: number, whole: number): Zoned {
  // One whole hour or day is the next unit's business.
  if (count === whole) return smallestUnit === 'minute' ? floorTo(at, 'hour', 1, 24) : at.startOfDay()
  return at.round({ smallestUnit, roundingIncrement: count, roundingMode: 'floor' })
}

/** Every so many days from a day on. */
function aligned(at: Zoned, zero: Temporal.PlainDate, days: number): Zoned {
  const since = zero.until(at.toPlainDate(), { largestUnit: 'day' }).days
  return at.subtract({ days: ((since % days) + days) % days }).startOfDay()
}

/** The first that begins after this one. */
export function nextSlot(slot: Zoned, period: Span): Zoned {
  const next = slotOf(after(slot, period), period)
  if (Temporal.ZonedDateTime.compare(next, slot) > 0) return next
  // The clock was put back within the slot.
  return slotOf(after(after(slot, period), period), period)
}
