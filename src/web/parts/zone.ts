/** Days and times of a zone, which need not be that of the reader's device. Pure. */

const DAY_MS = 86_400_000
const DAY_MINUTES = 1440

interface Wall {
  /** `2026-11-27` */
  readonly day: string
  /** `08:05:00` */
  readonly time: string
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Swedish writes dates as ISO 8601 does. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const clock = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  clocks.set(zone, clock)
  return clock
}

function wallAt(ms: number, zone: string): Wall {
  const [day = '', time = ''] = clockOf(zone).format(ms).split(' ')
  return { day, time }
}

/** The day of an instant on the calendar of the zone. */
export function dayIn(zone: string, instant: string | number): string {
  return wallAt(new Date(instant).getTime(), zone).day
}

/** 0 … 1: how much of its day has passed on the clocks of the zone. */
export function partOfDay(zone: string, instant: string): number {
  const [hours = 0, minutes = 0] = wallAt(new Date(instant).getTime(), zone).time.split(':').map(Number)
  return (60 * hours + minutes) / DAY_MINUTES
}

/** By how much the clocks of the zone are ahead of UTC. */
function aheadMs(ms: number, zone: string): number {
  const { day, time } = wallAt(ms, zone)
  return Date.parse(`${day}T${time}Z`) - Math.floor(ms / 1000) * 1000
}

/**
 * The instant at which the clocks of the zone show `2026-11-27T08:05`, as a field for date and time gives it. The first
 * of two when they are put back; what they leap over is counted on from before the leap.
 */
export function instantIn(zone: string, wall: string): string {
  const asUtc = Date.parse(`${wall}Z`)
  const ahead = [asUtc - DAY_MS, asUtc + DAY_MS].map((ms) => aheadMs(ms, zone))
  const shown = ahead.map((by) => asUtc - by).filter((ms) => ms + aheadMs(ms, zone) === asUtc)
  return new Date(shown.length > 0 ? Math.min(...shown) : asUtc - (ahead[0] ?? 0)).toISOString()
}

/** Whether a reader may take its times for those of the device. */
export function isZoneOfDevice(zone: string): boolean {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone === zone
}
