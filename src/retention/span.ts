/** Stretches of time as people count them: minutes and hours are exact, from days on the calendar of a zone decides. */
import { DatisError } from '#base'

export type Unit = 'min' | 'h' | 'd' | 'w' | 'mo' | 'y'

export interface Span {
  readonly count: number
  readonly unit: Unit
}

/** From short to long; `minutes` are only good for comparing. */
const UNITS: Readonly<Record<Unit, { readonly minutes: number; readonly words: readonly string[] }>> = {
  min: { minutes: 1, words: ['min', 'mins', 'mn', 'minute', 'minutes'] },
  h: { minutes: 60, words: ['h', 'hour', 'hours', 'heure', 'heures'] },
  d: { minutes: 1440, words: ['d', 'day', 'days', 'j', 'jour', 'jours'] },
  w: { minutes: 10_080, words: ['w', 'week', 'weeks', 'sem', 'semaine', 'semaines'] },
  mo: { minutes: 43_830, words: ['mo', 'month', 'months', 'mois'] },
  y: { minutes: 525_960, words: ['y', 'year', 'years', 'a', 'an', 'ans'] },
}
const COUNT_MAX = 10_000

const unitOf = new Map(
  Object.entries(UNITS).flatMap(([unit, { words }]) => words.map((word) => [word, unit as Unit] as const)),
)

/** `2 h`, `15min`, `30 jours`. SPAN_INVALID */
export function parseSpan(text: string): Span {
  const [, digits = '', word = ''] = /^\s*(\d{1,5})\s*([a-z]+)\s*$/i.exec(text) ?? []
  const unit = unitOf.get(word.toLowerCase())
  const count = Number(digits)
  if (unit === undefined || count < 1 || count > COUNT_MAX) {
    throw new DatisError('SPAN_INVALID', 'This is no length of time.', { text: text.trim().slice(0, 40) })
  }
  return { count, unit }
}

export function formatSpan({ count, unit }: Span): string {
  return `${count} ${unit}`
}

/** About; a month has 30.4 days. */
export function minutesOf({ count, unit }: Span): number {
  return count * UNITS[unit].minutes
}

/** Whatever day it is: months have from 28 to 31 days, and now and then a day has 23 or 25 hours. */
export function isAsLong(one: Span, other: Span): boolean {
  if (kindOf(one) === kindOf(other)) return minutesOf(one) >= minutesOf(other)
  return minutesOf(one) * SHORTEST[kindOf(one)] - putOn(one) >= minutesOf(other) * LONGEST[kindOf(other)] + putOn(other)
}

const KINDS = { min: 'clock', h: 'clock', d: 'days', w: 'days', mo: 'months', y: 'months' } as const
const MONTH_DAYS = 30.4375
const SHORTEST = { clock: 1, days: 1, months: 28 / MONTH_DAYS } as const
const LONGEST = { clock: 1, days: 1, months: 31 / MONTH_DAYS } as const

function kindOf({ unit }: Span): 'clock' | 'days' | 'months' {
  return KINDS[unit]
}

function putOn(one: Span): number {
  return kindOf(one) === 'clock' ? 0 : 60
}

const NAMES = { min: 'minutes', h: 'hours', d: 'days', w: 'weeks', mo: 'months', y: 'years' } as const

/** Back from an instant by the calendar: a month before 31 March is the last day of February. */
export function before(at: Temporal.ZonedDateTime, { count, unit }: Span): Temporal.ZonedDateTime {
  return at.subtract({ [NAMES[unit]]: count })
}

export function after(at: Temporal.ZonedDateTime, { count, unit }: Span): Temporal.ZonedDateTime {
  return at.add({ [NAMES[unit]]: count })
}
