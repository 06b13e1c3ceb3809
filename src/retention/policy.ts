/** Named lists of tiers: for so long, one snapshot in each period. */
import { DatisError } from '#base'
import { formatSpan, isAsLong, minutesOf, parseSpan, type Span } from './span.ts'

export interface Tier {
  /** Back from now; null: for ever. */
  readonly duration: Span | null
  /** One snapshot in each slot of this length. */
  readonly period: Span
}

export interface Policy {
  /** Empty when it has none. */
  readonly name: string
  /** From fine to coarse. Empty: nothing but the newest is kept. */
  readonly tiers: readonly Tier[]
}

const TIERS_MAX = 12
const NAME_CHARS_MAX = 100
const DAY_MINUTES = 1440
const FOR_EVER = /^\s*(for ?ever|ever|toujours|∞)\s*$/i

/** As people write them: `continuous: <2 h, 5 min>, <30 d, 1 d>`, `<for ever, 1 month>`; the name may be left out. POLICY_INVALID, SPAN_INVALID */
export function parsePolicy(text: string): Policy {
  const open = text.indexOf('<')
  const head = (open < 0 ? text : text.slice(0, open)).trim()
  if (head !== '' && !head.endsWith(':')) throw invalid('form', { text: text.trim().slice(0, NAME_CHARS_MAX) })
  const name = head.slice(0, -1).trim()
  if (name.length > NAME_CHARS_MAX || /\p{C}/u.test(name)) throw invalid('name')
  const policy = { name, tiers: tiersOf(open < 0 ? '' : text.slice(open)) }
  checkPolicy(policy)
  return policy
}

function tiersOf(text: string): Tier[] {
  const list = text.trim().replace(/\.$/, '')
  if (!/^(<[^<>]*>\s*(,\s*|$))+$/.test(list)) throw invalid('form', { text: list.slice(0, NAME_CHARS_MAX) })
  return [...list.matchAll(/<([^<>]*)>/g)].map(([, inside = '']) => tierOf(inside))
}

function tierOf(inside: string): Tier {
  const [duration = '', period = '', ...more] = inside.split(',')
  if (more.length > 0 || period === '') throw invalid('form', { text: `<${inside}>`.slice(0, NAME_CHARS_MAX) })
  return { duration: FOR_EVER.test(duration) ? null : parseSpan(duration), period: parseSpan(period) }
}

/** Whether the wide one keeps at least as much: as long, and as often. Where that is not sure it says no. */
export function covers(wide: Policy, narrow: Policy): boolean {
  return narrow.tiers.every((tier) => wide.tiers.some((one) => isWider(one, tier)))
}

function isWider(one: Tier, tier: Tier): boolean {
  const isLong = one.duration === null || (tier.duration !== null && isAsLong(one.duration, tier.duration))
  return isLong && nests(one.period, tier.period)
}

/** Whether slots of the one cut those of the other in parts: what begins the larger begins a smaller one. */
function nests(small: Span, large: Span): boolean {
  const [own, other] = [minutesOf(small), minutesOf(large)]
  if (own <= DAY_MINUTES) return other < DAY_MINUTES ? other % own === 0 : true
  if (small.unit === large.unit) return large.count % small.count === 0
  return small.unit === 'mo' && large.unit === 'y'
}

export function formatPolicy({ name, tiers }: Policy): string {
  const list = tiers.map(({ duration, period }) => {
    const long = duration === null ? 'for ever' : formatSpan(duration)
    return `<${long}, ${formatSpan(period)}>`
  })
  return `${name === '' ? '' : `${name}: `}${list.join(', ')}`
}

/** Slots that stand on the clock: they cut an hour, a day or a year in equal parts. */
const DIVIDES = { min: 60, h: 24, mo: 12 } as const

/** POLICY_INVALID: what is wrong, and at which tier (from 1). */
export function checkPolicy({ tiers }: Policy): void {
  if (tiers.length === 0 || tiers.length > TIERS_MAX) throw invalid('tiers', { most: TIERS_MAX })
  for (const [index, { duration, period }] of tiers.entries()) {
    const at = { tier: index + 1 }
    const whole = DIVIDES[period.unit as keyof typeof DIVIDES]
    if (whole !== undefined && whole % period.count !== 0) throw invalid('slot', { ...at, period: formatSpan(period) })
    const longest = duration === null ? Number.POSITIVE_INFINITY : minutesOf(duration)
    if (minutesOf(period) > longest) throw invalid('period', at)
    const finer = tiers[index - 1]
    if (finer === undefined) continue
    if (finer.duration === null || minutesOf(finer.duration) >= longest) throw invalid('durations', at)
    if (minutesOf(finer.period) > minutesOf(period)) throw invalid('periods', at)
  }
}

function invalid(reason: string, details: Record<string, unknown> = {}): DatisError {
  return new DatisError('POLICY_INVALID', 'This is no retention policy.', { reason, ...details })
}
