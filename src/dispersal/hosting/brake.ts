/**
 * How much an owner may release, by what its host remembers: pure arithmetic. Whoever holds a box key can sign
 * releases; the brake keeps what a thief of it can destroy below what the code bears. docs/decisions/0009-releases.md
 */
import { DAY_MS, HOUR_MS } from '#base'

export type PackClass = 'data' | 'metadata'
export type ByClass = Readonly<Record<PackClass, number>>

export const CLASSES: readonly PackClass[] = ['data', 'metadata']

const WEEK_MS = 7 * DAY_MS
export const BRAKE_WINDOW_MS = 90 * DAY_MS
const WEEK_PERCENT = 10
const WINDOW_PERCENT = 30
/** Weeks in the long window, each of which a lasting budget may fill. */
const WINDOW_WEEKS = 13
/** What was held all this time is what shares are taken of: bytes that a thief adds do not count before. */
const LEAST_DAYS = 30
export const SAMPLES_KEPT_DAYS = 91
/** Metadata that is so young is of a snapshot that was superseded at once; no older one leans on it. */
export const METADATA_FREE_MS = 48 * HOUR_MS
const UNUSUAL_PERCENT = 5
/** Within as many days as `least` looks back: who takes a little each day is seen long before anything is purged. */
const UNUSUAL_LONG_PERCENT = 10
const CANDIDATES_MAX = 256

/**
 * What a row of a stripe counts for. n − k + 1 rows that go on whichever hosts destroy a stripe; so each of them pays
 * for its share of all n, and a thief who asks each host for other rows destroys no more than one who asks all for the same.
 */
export function countedBytes(bytes: number, { n, k }: { readonly n: number; readonly k: number }): number {
  return Math.ceil((bytes * n) / (n - k + 1))
}

/** A release that was accepted and not taken back. All times are lived ms, all bytes counted ones. */
export interface ReleasedBytes {
  readonly class: PackClass
  readonly bytes: number
  /** When the fragment came; null when that is not known, which counts as long ago. */
  readonly received: number | null
  readonly at: number
  readonly by: PaidBy
}

/** What let a release pass: the brake counts it, a budget paid for it, or it was young metadata. */
export type PaidBy = 'brake' | 'budget' | 'free'

/** The least that was held on a lived day. */
export interface HeldSample {
  readonly day: number
  readonly least: ByClass
}

export interface BrakeView {
  readonly now: number
  /** Held now, with what was released and is not purged yet. */
  readonly held: ByClass
  readonly samples: readonly HeldSample[]
  readonly released: readonly ReleasedBytes[]
  /** Bytes a week that root or another member allows whatever the shares say. */
  readonly lasting: ByClass
}

export function dayOf(lived: number): number {
  return Math.floor(lived / DAY_MS)
}

/** Held by the host for 30 lived days without a break; 0 when it has not known the owner for so long. */
export function leastHeld({ now, held, samples }: BrakeView, packClass: PackClass): number {
  const from = dayOf(now) - LEAST_DAYS
  if (!samples.some(({ day }) => day <= from)) return 0
  const within = samples.filter(({ day }) => day >= from).map(({ least }) => least[packClass])
  return Math.min(held[packClass], ...within, ...beforeFirst(samples, from, packClass))
}

/** On days without a sample it was what the last one before them says. */
function beforeFirst(samples: readonly HeldSample[], from: number, packClass: PackClass): number[] {
  const last = samples.filter(({ day }) => day <= from).at(-1)
  return last === undefined ? [] : [last.least[packClass]]
}

/** Bytes of a class that may be released now: what both windows leave. */
export function roomOf(view: BrakeView, packClass: PackClass): number {
  const least = leastHeld(view, packClass)
  const lasting = view.lasting[packClass]
  const week = Math.max(percentOf(least, WEEK_PERCENT), lasting) - releasedSince(view, packClass, view.now - WEEK_MS)
  const window =
    Math.max(percentOf(least, WINDOW_PERCENT), WINDOW_WEEKS * lasting) -
    releasedSince(view, packClass, view.now - BRAKE_WINDOW_MS)
  return Math.max(0, Math.min(week, window))
}

function percentOf(bytes: number, percent: number): number {
  return Math.floor((bytes * percent) / 100)
}

/** Counted releases after that moment: one of exactly seven days ago counts no more. */
function releasedSince({ released }: BrakeView, packClass: PackClass, moment: number): number {
  return released
    .filter((one) => one.by === 'brake' && one.class === packClass && one.at > moment)
    .reduce((sum, { bytes }) => sum + bytes, 0)
}

export interface Wanted {
  readonly class: PackClass
  /** Counted. */
  readonly bytes: number
  readonly received: number | null
}

export function isFree({ class: packClass, received }: Wanted, now: number): boolean {
  return packClass === 'metadata' && received !== null && now - received < METADATA_FREE_MS
}

/**
 * Takes releases one after the other as long as they fit. Beside both windows it keeps every day of the last 90 apart:
 * of what was there on a day no more than 30 % may be released since, whatever came in later. So bytes that a thief
 * adds, to make the shares greater, pay for their own release only.
 */
export class Brake {
  readonly #view: BrakeView
  readonly #room: Record<PackClass, number>
  readonly #days: { readonly from: number; readonly least: ByClass; readonly left: Record<PackClass, number> }[]

  constructor(view: BrakeView) {
    this.#view = view
    this.#room = { data: roomOf(view, 'data'), metadata: roomOf(view, 'metadata') }
    this.#days = view.samples
      .filter(({ day }) => day * DAY_MS > view.now - BRAKE_WINDOW_MS)
      .map(({ day, least }) => ({ from: day * DAY_MS, least, left: leftOf(view, day * DAY_MS, least) }))
  }

  /** False when the brake holds it back: nothing is spent then. */
  take(wanted: Wanted): boolean {
    const { class: packClass, bytes, received } = wanted
    // What is here now was not here on a day on which nothing was.
    const days = this.#days.filter(({ from, least }) => least[packClass] > 0 && (received === null || received < from))
    if (bytes > this.#room[packClass] || days.some(({ left }) => bytes > left[packClass])) return false
    this.#room[packClass] -= bytes
    for (const { left } of days) left[packClass] -= bytes
    return true
  }

  room(packClass: PackClass): number {
    return this.#room[packClass]
  }

  /** Lived ms until this would fit if nothing else happened; null when no time helps. */
  waitFor(wanted: Wanted): number | null {
    const { now } = this.#view
    for (const moment of momentsOf(this.#view)) {
      if (new Brake({ ...this.#view, now: moment }).take(wanted)) return moment - now
    }
    return null
  }
}

function leftOf(view: BrakeView, from: number, least: ByClass): Record<PackClass, number> {
  const left = (packClass: PackClass) =>
    Math.max(percentOf(least[packClass], WINDOW_PERCENT), WINDOW_WEEKS * view.lasting[packClass]) -
    view.released
      .filter((one) => one.by === 'brake' && one.class === packClass && one.at >= from)
      .filter(({ received }) => received === null || received < from)
      .reduce((sum, { bytes }) => sum + bytes, 0)
  return { data: left('data'), metadata: left('metadata') }
}

/** When something leaves a window, in order. */
function momentsOf({ now, released, samples }: BrakeView): number[] {
  const moments = new Set<number>()
  for (const { at, by } of released) {
    if (by === 'brake') for (const window of [WEEK_MS, BRAKE_WINDOW_MS]) moments.add(at + window)
  }
  for (const { day } of samples) for (const days of [LEAST_DAYS, LEAST_DAYS + 1, 90]) moments.add((day + days) * DAY_MS)
  const later = [...moments].filter((moment) => moment > now).sort((a, b) => a - b)
  if (later.length <= CANDIDATES_MAX) return later
  // A rough answer is enough for people, and it is never too early.
  const step = Math.ceil(later.length / CANDIDATES_MAX)
  return later.filter((_, index) => index % step === step - 1 || index === later.length - 1)
}

/**
 * More than a twentieth of a class within a lived day, or more than a tenth within 30, whoever paid for it; or anything
 * at all after 30 days of nothing: a thief who takes little is seen on his first day, too.
 */
export function isUnusual(view: BrakeView, packClass: PackClass): boolean {
  const day = releasedWithin(view, packClass, DAY_MS)
  const long = releasedWithin(view, packClass, LEAST_DAYS * DAY_MS)
  const held = view.held[packClass]
  if (day === 0) return false
  return day === long || day > percentOf(held, UNUSUAL_PERCENT) || long > percentOf(held, UNUSUAL_LONG_PERCENT)
}

function releasedWithin({ released, now }: BrakeView, packClass: PackClass, ms: number): number {
  return released
    .filter((one) => one.class === packClass && one.at > now - ms && one.by !== 'free')
    .reduce((sum, { bytes }) => sum + bytes, 0)
}
