/** Numbers, sizes, times and lists as each language writes them. */
import type { Language } from './language.ts'

const KILO = 1000
const UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const
const SECONDS_SHOWN_EXACTLY_MAX = 10
const MINUTE_SECONDS = 60
const HOUR_SECONDS = 3600
const DAY_SECONDS = 86_400

export interface Formats {
  readonly language: Language
  number(value: number, decimalsMax?: number): string
  /** `1,234.5 GB`, `1 234,5 Go`: decimal units, as disks are sold. */
  bytes(bytes: number): string
  bytesPerSecond(rate: number): string
  duration(ms: number): string
  /** An ISO 8601 instant, to the minute, in the zone of these formats unless another is given. */
  instant(iso: string, zone?: string): string
  /** Its time of day, to the minute. */
  time(iso: string): string
  /** `2026-11-27` in all its words; `short` for lists. */
  day(day: string, length?: 'full' | 'short'): string
  /** `2026-11` */
  month(month: string): string
  /** The first letters of the days of a week, from Monday. */
  readonly weekdays: readonly string[]
  percent(part: number): string
  /** `1 file`, `12 files`. */
  plural(count: number, one: string, other: string): string
  list(items: readonly string[]): string
}

/** `zone`: an IANA name; that of this machine when it is absent. */
export function formatsFor(language: Language, zone?: string): Formats {
  const rules = new Intl.PluralRules(language)
  const lists = new Intl.ListFormat(language, { type: 'conjunction' })
  const number = (value: number, decimalsMax = 0): string =>
    new Intl.NumberFormat(language, { maximumFractionDigits: decimalsMax }).format(value)
  return {
    language,
    number,
    bytes: (bytes) => formatBytes(language, bytes, ''),
    bytesPerSecond: (rate) => formatBytes(language, rate, '-per-second'),
    duration: (ms) => formatDuration(language, ms),
    instant: (iso, other = zone) => formatAt(language, iso, other, { dateStyle: 'medium', timeStyle: 'short' }),
    time: (iso) => formatAt(language, iso, zone, { timeStyle: 'short' }),
    day: (day, length = 'full') => formatDay(language, day, length),
    month: (month) => formatAt(language, noonOf(`${month}-01`), 'UTC', { month: 'long', year: 'numeric' }),
    // 2024 began on a Monday.
    get weekdays() {
      return Array.from({ length: 7 }, (_, at) =>
        formatAt(language, noonOf(`2024-01-0${at + 1}`), 'UTC', { weekday: 'narrow' }),
      )
    },
    percent: (part) => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(part),
    plural: (count, one, other) => `${number(count)} ${rules.select(count) === 'one' ? one : other}`,
    list: (items) => lists.format(items),
  }
}

function formatBytes(language: Language, bytes: number, per: '' | '-per-second'): string {
  const steps = Math.min(UNITS.length, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const unit = steps === 0 ? 'byte' : UNITS[steps - 1]
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: `${unit}${per}`,
    unitDisplay: steps === 0 && per === '' ? 'long' : 'short',
    maximumFractionDigits: steps === 0 ? 0 : 1,
  }).format(bytes / KILO ** steps)
}

/** The two largest units that matter: nobody wants the seconds of a day. */
function formatDuration(language: Language, ms: number): string {
  const seconds = Math.max(0, ms / 1000)
  if (seconds < SECONDS_SHOWN_EXACTLY_MAX) {
    return new Intl.NumberFormat(language, {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'short',
      maximumFractionDigits: 1,
    }).format(seconds)
  }
  const whole = Math.round(seconds)
  const parts = {
    days: Math.floor(whole / DAY_SECONDS),
    hours: Math.floor((whole % DAY_SECONDS) / HOUR_SECONDS),
    minutes: Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS),
    seconds: whole % MINUTE_SECONDS,
  }
  const shown = Object.fromEntries(
    Object.entries(parts)
      .filter(([, value]) => value > 0)
      .slice(0, 2),
  )
  return new Intl.DurationFormat(language, { style: 'short' }).format(shown)
}

function formatAt(
  language: Language,
  iso: string,
  zone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): string {
  const within = zone === undefined ? options : { ...options, timeZone: zone }
  return new Intl.DateTimeFormat(language, within).format(new Date(iso))
}

/** A day of the calendar is the same day in every zone. */
function formatDay(language: Language, day: string, length: 'full' | 'short'): string {
  const short = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
  return formatAt(language, noonOf(day), 'UTC', length === 'full' ? { dateStyle: 'full' } : short)
}

function noonOf(day: string): string {
  return `${day}T12:00:00Z`
}
