/** How fast this box may use its line, by hours of the week. */
import { z } from 'zod'
import { type BytePath, codeOf, type Disk, decodeCbor, joinPath, type Log, readWhole, writeDurably } from '#base'
import { encodeWith } from '#crypto'
import type { LimitRule } from './operations.ts'

export const LIMIT_RULES_MAX = 32
/** Below, a pack takes longer than anybody waits for one. */
export const LIMIT_KBIT_MIN = 256
export const LIMIT_KBIT_MAX = 100_000_000
const MINUTES_A_DAY = 24 * 60
const FILE = 'limits.cbor'
const FILE_BYTES_MAX = 16 * 1024

const ruleSchema = z.strictObject({
  /** 1 Monday … 7 Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7).readonly(),
  /** Minutes of the day, half-open; up to an earlier one: over midnight, into the day after. */
  from: z
    .int()
    .min(0)
    .max(MINUTES_A_DAY - 1),
  to: z.int().min(1).max(MINUTES_A_DAY),
  kbit: z.int().min(LIMIT_KBIT_MIN).max(LIMIT_KBIT_MAX),
})
const rulesSchema = z.array(ruleSchema).max(LIMIT_RULES_MAX).readonly()
const limitsSchema = z.strictObject({ format: z.literal(1), up: rulesSchema, down: rulesSchema })

export interface LineLimits {
  /** The first rule that holds counts; where none does there is no limit. */
  readonly up: readonly LimitRule[]
  readonly down: readonly LimitRule[]
}

export const NO_LIMITS: LineLimits = { up: [], down: [] }

/** kbit/s at a moment in a time zone; null: as fast as the line. */
export function limitAt(rules: readonly LimitRule[], at: number, zone: string): number | null {
  const { dayOfWeek, hour, minute } = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone)
  const time = hour * 60 + minute
  return rules.find((rule) => holds(rule, dayOfWeek, time))?.kbit ?? null
}

function holds({ days, from, to }: LimitRule, day: number, time: number): boolean {
  if (from < to) return days.includes(day) && time >= from && time < to
  const before = day === 1 ? 7 : day - 1
  return (days.includes(day) && time >= from) || (days.includes(before) && time < to)
}

export function writeLimits(disk: Disk, folder: BytePath, limits: LineLimits): void {
  writeDurably(disk, folder, FILE, encodeWith(limitsSchema, { format: 1, ...limits }))
}

/** A file that cannot be read limits nothing: backups go on, and the log says so. */
export function readLimits({ disk, log }: { readonly disk: Disk; readonly log: Log }, folder: BytePath): LineLimits {
  try {
    const { up, down } = decodeCbor('limits', limitsSchema, readWhole(disk, joinPath(folder, FILE), FILE_BYTES_MAX))
    return { up, down }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') log.error('limits.damaged', { code: codeOf(error) })
    return NO_LIMITS
  }
}
