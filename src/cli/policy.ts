/** `datis policy …`: what a retention policy keeps, drawn as a calendar. */
import type { Command } from 'commander'
import { codeOf } from '#base'
import { formatPolicy, type Policy, parsePolicy, READY_MADE, type Span, simulated } from '#retention'
import type { Words } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { calendarLines } from './calendar.ts'
import { addCommand, run, type Shelf } from './command.ts'
import { parseInstant, parseZone, refuse } from './parse.ts'

interface PreviewOptions {
  readonly at?: string
  readonly zone?: string
}

export function addPolicyCommands(program: Command, shelf: Shelf): void {
  const { command, option, argument } = shelf.app.words.say.policy
  const policy = addCommand(program, shelf, 'policy', command.policy)
  addCommand(policy, shelf, 'preview', command.preview)
    .argument('<POLICY>', argument)
    .option('--at <INSTANT>', option.at)
    .option('--zone <ZONE>', option.zone)
    .action((text: string, options: PreviewOptions) => run(shelf, async () => preview(shelf.app, text, options)))
}

function preview(app: App, text: string, options: PreviewOptions): Outcome {
  const { words } = app
  const policy = policyNamed(words, text)
  const zone = parseZone(words, '--zone', options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const now =
    options.at === undefined
      ? app.clock.wall()
      : Temporal.Instant.from(parseInstant(words, '--at', options.at)).epochMilliseconds
  const kept = simulated(policy, { now, zone })
  const json = { kept: kept.map((at) => shownAt(at, zone)) }
  return done(json, [...header(app, policy, { now, zone, count: kept.length }), '', ...calendarLines(app, kept, zone)])
}

/** With the offset of the zone, so that midnight reads as midnight. */
function shownAt(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

function policyNamed(words: Words, text: string): Policy {
  const ready = READY_MADE.find(({ name }) => name === text.trim().toLowerCase())
  if (ready !== undefined) return ready
  try {
    return parsePolicy(text)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'POLICY_INVALID' && code !== 'SPAN_INVALID') throw error
    return refuse(words, 'POLICY', text, words.say.policy.expected(READY_MADE.map(({ name }) => name)))
  }
}

function header(
  { words: { say, formats } }: App,
  policy: Policy,
  { now, zone, count }: { now: number; zone: string; count: number },
): string[] {
  const at = formats.instant(Temporal.Instant.fromEpochMilliseconds(now).toString(), zone)
  const [finest] = policy.tiers
  const long = finest === undefined ? '' : spanIn(say.policy.span, finest.period)
  const endless = policy.tiers.at(-1)?.duration === null
  return [formatPolicy(policy), say.policy.keeps(count, at, zone, long), ...(endless ? [say.policy.tenYears] : [])]
}

function spanIn(units: Readonly<Record<Span['unit'], string>>, { count, unit }: Span): string {
  return `${count} ${units[unit]}`
}
