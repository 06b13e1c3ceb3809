/** `datis policy …`: what a retention policy keeps, drawn as a calendar. */
import type { Command } from 'commander'
import { codeOf } from '#base'
import type { Operations, SourcePolicies } from '#box'
import { formatPolicy, type Policy, parsePolicy, READY_MADE, type Span, simulated } from '#retention'
import { printable, table, type Words } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { calendarLines } from './calendar.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { UsageError } from './failure.ts'
import { absolute, parseInstant, parseZone, refuse } from './parse.ts'

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

  withData(addCommand(policy, shelf, 'list', command.list), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('policy.list', {}, context)
        return done(result, listLines(shelf.app, result))
      }),
    ),
  )

  withData(addCommand(policy, shelf, 'set <SOURCE>', command.set), shelf)
    .option('--local <POLICY>', option.local)
    .option('--remote <POLICY>', option.remote)
    .action((source: string, { data, ...sides }: SetOptions) =>
      run(shelf, (context) => {
        if (sides.local === undefined && sides.remote === undefined) refuseNone(shelf.app)
        return withBox(shelf, absolute(data), async (box) => {
          const result = await box.call('policy.set', { source, ...sides }, context)
          return done(result, [
            shelf.app.words.say.policy.set(printable(source)),
            '',
            ...sourceLines(shelf.app, [result]),
          ])
        })
      }),
    )
}

interface SetOptions {
  readonly data: string
  readonly local?: string
  readonly remote?: string
}

function refuseNone({ words: { say } }: App): never {
  throw new UsageError(say.usage.missingOption('--local / --remote'))
}

function listLines(app: App, { items, sources }: Operations['policy.list'][1]): string[] {
  const { say } = app.words
  return [
    say.policy.readyMade,
    ...items.filter(({ readyMade }) => readyMade).map(({ policy }) => `  ${policy}`),
    ...(sources.length === 0 ? [] : ['', say.policy.sources, ...sourceLines(app, sources)]),
  ]
}

function sourceLines({ words: { say } }: App, sources: readonly SourcePolicies[]): string[] {
  const { column, isDefault } = say.policy
  const shown = ({ policy, isDefault: byDefault }: SourcePolicies['local']) => (byDefault ? isDefault(policy) : policy)
  return table(
    [{ title: say.column.source }, { title: column.local }, { title: column.remote }],
    sources.map(({ source, local, remote }) => [source, shown(local), shown(remote)]),
  )
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
