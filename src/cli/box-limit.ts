/** `datis box limit`: how fast a box may use its line, by hours of the week. */
import type { Command } from 'commander'
import type { LimitRule, LimitsResult } from '#box'
import type { Words } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, collect, run, type Shelf, withBox, withData } from './command.ts'
import { UsageError } from './failure.ts'
import { absolute, refuse } from './parse.ts'

/** Monday first, in both languages whatever the screen's is. */
const DAYS = [
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  ['lun', 'mar', 'mer', 'jeu', 'ven', 'sam', 'dim'],
]
const WEEK = 7
const KBIT_MIN = 256
const KBIT_MAX = 100_000_000
const RULE =
  /^(?:([a-z]{3}(?:-[a-z]{3})?(?:,[a-z]{3}(?:-[a-z]{3})?)*) +)?(?:(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2}) +)?(\d{1,9})$/

interface LimitOptions {
  readonly data: string
  readonly up?: readonly string[]
  readonly down?: readonly string[]
  readonly off?: boolean
}

export function addBoxLimitCommand(box: Command, shelf: Shelf): void {
  const { words } = shelf.app
  const { command, option } = words.say
  withData(addCommand(box, shelf, 'limit', command.boxLimit), shelf)
    .option('--up <RULE>', option.limitUp, collect)
    .option('--down <RULE>', option.limitDown, collect)
    .option('--off', option.limitOff)
    .action((options: LimitOptions) =>
      run(shelf, (context) => {
        const wanted = limitsWanted(words, options)
        return withBox(shelf, absolute(options.data), async (client) =>
          shown(
            shelf.app,
            wanted === null
              ? await client.call('limits.show', {}, context)
              : await client.call('limits.set', wanted, context),
          ),
        )
      }),
    )
}

/** Null: only to be shown. */
function limitsWanted(words: Words, { up, down, off }: LimitOptions) {
  if (off === true && (up ?? down) !== undefined)
    throw new UsageError(words.say.usage.conflict('--off', '--up, --down'))
  if (off === true) return { up: [], down: [] }
  if (up === undefined && down === undefined) return null
  return {
    ...(up !== undefined && { up: up.map((text) => parseRule(words, '--up', text)) }),
    ...(down !== undefined && { down: down.map((text) => parseRule(words, '--down', text)) }),
  }
}

/** `2000`, `08:00-18:00 2000`, `mon-fri 08:00-18:00 2000`, `sat,sun 5000`. */
export function parseRule(words: Words, what: string, text: string): LimitRule {
  const bad = () => refuse(words, what, text, words.say.usage.expected.limit)
  const match = RULE.exec(text.trim().toLowerCase())
  if (match === null) return bad()
  const [, dayText, fromHour, fromMinute, toHour, toMinute, kbitText] = match
  const days = dayText === undefined ? range(1, WEEK) : dayText.split(',').flatMap(daysOf)
  const [from, to] = [minutes(fromHour, fromMinute) ?? 0, minutes(toHour, toMinute) ?? 24 * 60]
  const kbit = Number(kbitText)
  const sound = days.length > 0 && !days.includes(0) && from < 24 * 60 && to > 0 && to <= 24 * 60 && from !== to
  if (!sound || kbit < KBIT_MIN || kbit > KBIT_MAX) return bad()
  return { days: [...new Set(days)].sort((a, b) => a - b), from, to, kbit }
}

/** Of `fri` or `fri-mon`; with a 0 in it where a name is no day. */
function daysOf(text: string): number[] {
  const [first = 0, last = first] = text.split('-').map(dayOf)
  if (first === 0 || last === 0) return [0]
  return first <= last ? range(first, last) : [...range(first, WEEK), ...range(1, last)]
}

function dayOf(name: string): number {
  return Math.max(...DAYS.map((names) => names.indexOf(name) + 1))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

function minutes(hour: string | undefined, minute: string | undefined): number | undefined {
  if (hour === undefined || minute === undefined) return undefined
  return Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : Number.NaN
}

function shown({ words }: App, result: LimitsResult): Outcome {
  const { limits } = words.say
  const rules = (direction: 'up' | 'down') =>
    result[direction].map((rule) => limits.rule(direction, ruleText(words, rule)))
  const now = (kbit: number | null) => (kbit === null ? limits.none : limits.kbit(kbit))
  return done(result, [...rules('up'), ...rules('down'), limits.now(now(result.now.upKbit), now(result.now.downKbit))])
}

function ruleText({ say, formats }: Words, { days, from, to, kbit }: LimitRule): string {
  const names = DAYS[formats.language === 'fr' ? 1 : 0] ?? []
  const dayText = days.length === WEEK ? '' : `${days.map((day) => names[day - 1]).join(',')} `
  return `${dayText}${clock(from)}-${clock(to)} ${say.limits.kbit(kbit)}`
}

function clock(minutesOfDay: number): string {
  return `${String(Math.floor(minutesOfDay / 60)).padStart(2, '0')}:${String(minutesOfDay % 60).padStart(2, '0')}`
}
