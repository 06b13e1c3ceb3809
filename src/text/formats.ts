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
  /** An ISO 8601 instant, to the minute, in the zone of this machine unless another is given. */
  instant(iso: string, zone?: string): string
  percent(part: number): string
  /** `1 file`, `12 files`. */
  plural(count: number, one: string, other: string): string
  list(items: readonly string[]): string
}

export function formatsFor(language: Language): Formats {
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
    instant: (iso, zone) => formatInstant(language, iso, zone),
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

function formatInstant(language: Language, iso: string, zone: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }
  if (zone !== undefined) options.timeZone = zone
  return new Intl.DateTimeFormat(language, options).format(new Date(iso))
}
