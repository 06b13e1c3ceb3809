/** Snapshots by the days of the box. Pure. */
import { dayIn } from '../../parts/zone.ts'

const DAY_MS = 86_400_000

export interface Taken {
  readonly id: string
  readonly startedAt: string
  readonly state: 'complete' | 'incomplete'
}

export interface Day<One extends Taken> {
  /** `2026-11-27` */
  readonly day: string
  /** Newest first. */
  readonly snapshots: readonly One[]
}

/** Newest first. */
export function daysOf<One extends Taken>(snapshots: readonly One[], zone: string): Day<One>[] {
  const sorted = [...snapshots].sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))
  return [...Map.groupBy(sorted, ({ startedAt }) => dayIn(zone, startedAt))].map(([day, those]) => ({
    day,
    snapshots: those,
  }))
}

/** Days between two, without either. */
function daysBetween(later: string, earlier: string): number {
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(earlier)) / DAY_MS) - 1)
}

export interface Placed<One extends Taken> extends Day<One> {
  /** Days without a snapshot between it and the one after it. */
  readonly gap: number
}

/** Days as they follow one another, newest first; `after`: the day that comes after all of them. */
export function lineOf<One extends Taken>(days: readonly Day<One>[], after: string): Placed<One>[] {
  return days.map((one, at) => ({ ...one, gap: daysBetween(days[at - 1]?.day ?? after, one.day) }))
}

/** Weeks of a month from Monday; null: a day of another month. */
export function weeksOf(month: string): (string | null)[][] {
  const [year = 0, index = 0] = month.split('-').map(Number)
  const count = new Date(Date.UTC(year, index, 0)).getUTCDate()
  const lead = (new Date(Date.UTC(year, index - 1, 1)).getUTCDay() + 6) % 7
  const cells = [
    ...Array.from({ length: lead }, () => null),
    ...Array.from({ length: count }, (_, day) => `${month}-${String(day + 1).padStart(2, '0')}`),
  ]
  return Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => cells[7 * week + day] ?? null),
  )
}

export function monthBeside(month: string, by: number): string {
  const [year = 0, index = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, index - 1 + by, 1)).toISOString().slice(0, 7)
}
