/**
 * What a host remembers of an owner's releases: `releases.cbor`, one file that is replaced whole, so that a crash leaves
 * the old or the new one and only rot can damage it. Pure. docs/formats/hosting.md
 */
import { z } from 'zod'
import { DAY_MS } from '#base'
import { CODE_FRAGMENTS_MAX } from '#coding'
import { type BrakeBudget, count, hexBytes } from '#crypto'
import type { CheckedFormat } from '../checked-file.ts'
import { fragmentName } from '../fragment-file.ts'
import {
  BUDGET_ONCE_MS,
  BUDGETS_MAX,
  BUDGETS_SEEN_MAX,
  CONDEMNATIONS_MAX,
  PURGE_AFTER_MS,
  RELEASED_MAX,
  RELEASES_BYTES_MAX,
} from '../limits.ts'
import { orderSchema, type ReleaseOrder } from '../release-protocol.ts'
import {
  BRAKE_WINDOW_MS,
  type BrakeView,
  type ByClass,
  dayOf,
  type HeldSample,
  type PackClass,
  type PaidBy,
  type ReleasedBytes,
  SAMPLES_KEPT_DAYS,
} from './brake.ts'

const packClass = z.enum(['data', 'metadata'])

const entrySchema = z.strictObject({
  stripe: hexBytes(32),
  row: count(0, CODE_FRAGMENTS_MAX - 1),
  class: packClass,
  bytes: count(),
  /** What the brake takes them for. */
  counted: count(),
  received: count().nullable(),
  /** When the release came: lived ms. */
  at: count(),
  by: z.enum(['brake', 'budget', 'free']),
  epoch: count(),
  number: count(1),
  purged: z.boolean(),
})

const stateSchema = z.strictObject({
  format: z.literal(1),
  counter: hexBytes(16),
  last: orderSchema,
  entries: z.array(entrySchema).max(2 * RELEASED_MAX),
  samples: z.array(z.strictObject({ day: count(), data: count(), metadata: count() })).max(2 * SAMPLES_KEPT_DAYS),
  once: z.array(z.strictObject({ id: hexBytes(16), class: packClass, left: count(), at: count() })).max(BUDGETS_MAX),
  lasting: z.array(z.strictObject({ class: packClass, bytes: count(), at: count() })).max(2),
  seen: z.array(hexBytes(16)).max(BUDGETS_SEEN_MAX),
  condemned: z.array(z.strictObject({ hash: hexBytes(32), at: count() })).max(CONDEMNATIONS_MAX),
  noticed: z.array(z.strictObject({ class: packClass, reason: z.enum(['day', 'brake']), day: count() })).max(4),
})

export type ReleaseEntry = z.output<typeof entrySchema>
export type ReleaseState = z.output<typeof stateSchema>

export const RELEASES_FILE = 'releases.cbor'
export const RELEASES: CheckedFormat<typeof stateSchema> = {
  what: 'releases',
  schema: stateSchema,
  bytesMax: RELEASES_BYTES_MAX,
}

export function emptyState(counter: string): ReleaseState {
  return {
    format: 1,
    counter,
    last: { epoch: 0, number: 0 },
    entries: [],
    samples: [],
    once: [],
    lasting: [],
    seen: [],
    condemned: [],
    noticed: [],
  }
}

/** Under another counter nothing is known of how long ago anything was: each wait begins again, now. */
export function underCounter(state: ReleaseState, counter: string, now: number): ReleaseState {
  if (state.counter === counter) return state
  return {
    ...state,
    counter,
    entries: state.entries.map((entry) => ({ ...entry, received: null, at: now })),
    samples: [],
    once: state.once.map((budget) => ({ ...budget, at: now })),
    condemned: state.condemned.map(({ hash }) => ({ hash, at: now })),
    noticed: [],
  }
}

export function isLater(order: ReleaseOrder, last: ReleaseOrder): boolean {
  return order.epoch > last.epoch || (order.epoch === last.epoch && order.number > last.number)
}

export function latest(a: ReleaseOrder, b: ReleaseOrder): ReleaseOrder {
  return isLater(b, a) ? b : a
}

export const nameOf = ({ stripe, row }: Pick<ReleaseEntry, 'stripe' | 'row'>): string => fragmentName(stripe, row)

/** Old enough to be forgotten: 44 days lived since the release came. */
export function isDue(entry: ReleaseEntry, now: number): boolean {
  return !entry.purged && now - entry.at >= PURGE_AFTER_MS
}

/** Without what no window counts any more, budgets that have run out, and samples of long ago. */
export function tidied(state: ReleaseState, now: number): ReleaseState {
  return {
    ...state,
    entries: state.entries.filter(({ purged, by, at }) => !purged || (by !== 'free' && now - at < BRAKE_WINDOW_MS)),
    samples: state.samples.filter(({ day }) => day >= dayOf(now) - SAMPLES_KEPT_DAYS),
    once: state.once.filter(({ left, at }) => left > 0 && now - at < BUDGET_ONCE_MS),
  }
}

/** The least of the day so far. */
export function sampled(state: ReleaseState, held: ByClass, now: number): ReleaseState {
  const day = dayOf(now)
  const last = state.samples.at(-1)
  if (last === undefined || last.day < day) return { ...state, samples: [...state.samples, { day, ...held }] }
  const least = { data: Math.min(last.data, held.data), metadata: Math.min(last.metadata, held.metadata) }
  return { ...state, samples: [...state.samples.slice(0, -1), { day: last.day, ...least }] }
}

export function viewOf(state: ReleaseState, held: ByClass, now: number): BrakeView {
  const samples: HeldSample[] = state.samples.map(({ day, data, metadata }) => ({ day, least: { data, metadata } }))
  return { now, held, samples, released: groupsOf(state.entries), lasting: lastingOf(state) }
}

/** What came on one day and went in one release counts as one: the brake asks for no more. */
function groupsOf(entries: readonly ReleaseEntry[]): ReleasedBytes[] {
  const groups = new Map<string, ReleasedBytes>()
  for (const { class: packClass, at, by, received, counted } of entries) {
    const day = received === null ? null : dayOf(received)
    const key = `${packClass} ${at} ${by} ${day}`
    const sum = (groups.get(key)?.bytes ?? 0) + counted
    groups.set(key, { class: packClass, at, by, bytes: sum, received: day === null ? null : day * DAY_MS })
  }
  return [...groups.values()]
}

function lastingOf({ lasting }: ReleaseState): ByClass {
  const bytes = (packClass: PackClass) => lasting.find((one) => one.class === packClass)?.bytes ?? 0
  return { data: bytes('data'), metadata: bytes('metadata') }
}

/** A budget counts once, whoever sends it again; of lasting ones the one that was signed last. */
export function withBudget(state: ReleaseState, budget: BrakeBudget, now: number): ReleaseState {
  if (state.seen.includes(budget.id)) return state
  const seen = [...state.seen, budget.id].slice(-BUDGETS_SEEN_MAX)
  if (!budget.lasting) {
    const once = [...state.once, { id: budget.id, class: budget.class, left: budget.bytes, at: now }]
    return { ...state, seen, once: once.slice(-BUDGETS_MAX) }
  }
  const known = state.lasting.find((one) => one.class === budget.class)
  if (known !== undefined && known.at >= budget.at) return { ...state, seen }
  const others = state.lasting.filter((one) => one.class !== budget.class)
  return { ...state, seen, lasting: [...others, { class: budget.class, bytes: budget.bytes, at: budget.at }] }
}

export function onceLeft({ once }: ReleaseState, packClass: PackClass): number {
  return once.filter((one) => one.class === packClass).reduce((sum, { left }) => sum + left, 0)
}

/** The oldest budgets pay first. */
export function paidFromOnce(state: ReleaseState, spent: ByClass): ReleaseState {
  const due = { ...spent }
  const once = state.once.map((budget) => {
    const paid = Math.min(budget.left, due[budget.class])
    due[budget.class] -= paid
    return { ...budget, left: budget.left - paid }
  })
  return { ...state, once }
}

export function bytesOf(entries: readonly Pick<ReleaseEntry, 'class' | 'bytes'>[]): Record<PackClass, number> {
  const sums = { data: 0, metadata: 0 }
  for (const entry of entries) sums[entry.class] += entry.bytes
  return sums
}

/** Bytes that went within a lived day, whoever paid for them. */
export function releasedInDay({ entries }: ReleaseState, now: number): Record<PackClass, number> {
  return bytesOf(entries.filter(({ at, by }) => at > now - DAY_MS && by !== 'free'))
}

/** Bytes that a release adds, by what let them pass. */
export function spentBy(entries: readonly ReleaseEntry[], by: PaidBy): Record<PackClass, number> {
  return bytesOf(entries.filter((entry) => entry.by === by))
}
