/** Snapshots by the days of the reader. Pure. */

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

export function dayOf(instant: string): string {
  const date = new Date(instant)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Newest first. */
export function daysOf<One extends Taken>(snapshots: readonly One[]): Day<One>[] {
  const sorted = [...snapshots].sort((a, b) => b.startedAt.localeCompare(a.startedAt))
  return [...Map.groupBy(sorted, ({ startedAt }) => dayOf(startedAt))].map(([day, those]) => ({
    day,
    snapshots: those,
  }))
}

/** Weeks of a month from Monday; null: a day of another month. */
export function weeksOf(month: string): (string | null)[][] {
  const [year = 0, index = 0] = month.split('-').map(Number)
  const first = new Date(year, index - 1, 1)
  const count = new Date(year, index, 0).getDate()
  const lead = (first.getDay() + 6) % 7
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
  const date = new Date(year, index - 1 + by, 1)
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`
}
