/** Counts of instants as a calendar in text: the newest months day by day, those before as a table of years. */
import { table } from '#text'
import type { App } from './app.ts'

const GRIDS_MAX = 4
const WEEK = 7
const CELL = 4
const MONTHS = 12
const HOURS_SHOWN = 24

type Zoned = Temporal.ZonedDateTime

/** `instants`: wall ms, newest first. */
export function calendarLines(app: App, instants: readonly number[], zone: string): string[] {
  const times = instants.map((at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone))
  const months = Map.groupBy(times, (at) => at.toPlainDate().toPlainYearMonth().toString())
  const grids = [...months].filter(([, inIt]) => inIt.length > 1).slice(0, GRIDS_MAX)
  const shown = new Set(grids.map(([month]) => month))
  const older = times.filter((at) => !shown.has(at.toPlainDate().toPlainYearMonth().toString()))
  const say = app.words.say.policy
  return [
    ...section(say.hours, hourLines(times)),
    ...section(
      say.days,
      grids.toReversed().flatMap(([month, inIt]) => ['', ...monthLines(app, month, inIt)]),
    ),
    ...(older.length === 0 ? [] : section(say.months, ['', ...yearLines(app, older)])),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, '']
}

/** Of the hours before the newest; none when there is at most one a day. */
function hourLines(times: readonly Zoned[]): string[] {
  const [newest] = times
  if (newest === undefined) return []
  const first = newest.round({ smallestUnit: 'hour', roundingMode: 'floor' }).subtract({ hours: HOURS_SHOWN - 1 })
  const hours = Array.from({ length: HOURS_SHOWN }, (_, hour) => first.add({ hours: hour }))
  const counts = hours.map((hour) => countIn(times, hour, hour.add({ hours: 1 })))
  if (counts.filter((count) => count > 0).length < 2) return []
  const line = (cells: readonly string[]) => cells.map((cell) => cell.padStart(3)).join('')
  return ['', line(hours.map(({ hour }) => String(hour).padStart(2, '0'))), line(counts.map(shownCount))]
}

function countIn(times: readonly Zoned[], from: Zoned, to: Zoned): number {
  const [least, most] = [from.epochMilliseconds, to.epochMilliseconds]
  return times.filter(({ epochMilliseconds: at }) => at >= least && at < most).length
}

function shownCount(count: number): string {
  return count === 0 ? '·' : String(count)
}

function monthLines({ words: { formats } }: App, month: string, times: readonly Zoned[]): string[] {
  const first = Temporal.PlainDate.from(`${month}-01`)
  const byDay = Map.groupBy(times, ({ day }) => day)
  const before = Array.from({ length: first.dayOfWeek - 1 }, () => '')
  const days = Array.from({ length: first.daysInMonth }, (_, day) => shownCount(byDay.get(day + 1)?.length ?? 0))
  const cells = [...before, ...days]
  const weeks = Array.from({ length: Math.ceil(cells.length / WEEK) }, (_, week) => [
    String(Math.max(1, week * WEEK + 1 - before.length)),
    ...cells.slice(week * WEEK, (week + 1) * WEEK),
  ])
  const line = ([day = '', ...row]: readonly string[]) =>
    `${day.padStart(2)} │${row.map((cell) => cell.padStart(CELL)).join('')}`.trimEnd()
  const monday = Temporal.PlainDate.from('2024-01-01')
  const names = Array.from({ length: WEEK }, (_, day) => nameOf(formats.language, monday.add({ days: day }), 'weekday'))
  return [`${nameOf(formats.language, first, 'month')} ${first.year}`, line(['', ...names]), ...weeks.map(line)]
}

function yearLines({ words: { formats } }: App, times: readonly Zoned[]): string[] {
  const names = Array.from({ length: MONTHS }, (_, month) =>
    nameOf(formats.language, Temporal.PlainDate.from({ year: 2024, month: month + 1, day: 1 }), 'month-short'),
  )
  const years = [...Map.groupBy(times, ({ year }) => year)].sort(([a], [b]) => a - b)
  const rows = years.map(([year, inIt]) => {
    const byMonth = Map.groupBy(inIt, ({ month }) => month)
    return [String(year), ...names.map((_, month) => shownCount(byMonth.get(month + 1)?.length ?? 0))]
  })
  return table([{ title: '' }, ...names.map((title) => ({ title, align: 'right' as const }))], rows)
}

const NAMES = {
  weekday: { weekday: 'short' },
  month: { month: 'long' },
  'month-short': { month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

function nameOf(language: string, date: Temporal.PlainDate, what: keyof typeof NAMES): string {
  const name = date.toLocaleString(language, NAMES[what])
  return what === 'weekday' ? name.slice(0, 3) : name
}
