/** What is asked of the root key: made here, carried to where the words are. */
import type { Command } from 'commander'
import type { HeadListResult, RootRequestArguments } from '#box'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import type { RootRequestDescription } from './door.ts'
import { EXIT } from './exit.ts'
import { claimFile } from './files.ts'
import { absolute, parseBoxId, parseBytes, parseClass, parseCount } from './parse.ts'
import { troubleLines } from './trouble.ts'

/** A list longer than a screen hides its own beginning; `--json` has it all. */
const HEADS_SHOWN_MAX = 50

interface OwnerOptions {
  readonly data: string
  readonly owner?: string
}

interface RequestOptions extends OwnerOptions {
  readonly out: string
}

interface BudgetOptions extends RequestOptions {
  readonly class: string
  readonly bytes: string
  readonly lasting?: boolean
}

export function addRootRequestCommands(root: Command, shelf: Shelf): void {
  const { words } = shelf.app
  const { command, option } = words.say

  withData(addCommand(root, shelf, 'heads', command.rootHeads), shelf)
    .option('--owner <BOX>', option.ownerBox)
    .action((options: OwnerOptions) =>
      run(shelf, (context) => {
        const owner = ownerOf(shelf, options)
        return withBox(shelf, absolute(options.data), async (box) => {
          const result = await box.call('root.heads', { owner }, context)
          return done(result, headLines(shelf.app, result))
        })
      }),
    )

  const request = addCommand(root, shelf, 'request', command.rootRequest)

  addRequest(request, shelf, 'undo', command.rootUndo).action((options: RequestOptions) =>
    ask(shelf, options, () => ({ kind: 'undo', owner: ownerOf(shelf, options) })),
  )

  addRequest(request, shelf, 'condemn', command.rootCondemn)
    .requiredOption('--head <NUMBER>', option.lastGood)
    .action((options: RequestOptions & { readonly head: string }) =>
      ask(shelf, options, () => {
        const head = parseCount(words, '--head', options.head, 1, Number.MAX_SAFE_INTEGER)
        return { kind: 'condemn', owner: ownerOf(shelf, options), head }
      }),
    )

  addRequest(request, shelf, 'budget', command.rootBudget)
    .requiredOption('--bytes <SIZE>', option.budgetBytes)
    .option('--class <CLASS>', option.budgetClass, 'data')
    .option('--lasting', option.budgetLasting)
    .action((options: BudgetOptions) =>
      ask(shelf, options, () => ({
        kind: 'brake-budget',
        owner: ownerOf(shelf, options),
        class: parseClass(words, options.class),
        bytes: parseBytes(words, '--bytes', options.bytes),
        lasting: options.lasting === true,
      })),
    )
}

function addRequest(parent: Command, shelf: Shelf, name: string, description: string): Command {
  const { option } = shelf.app.words.say
  return withData(addCommand(parent, shelf, name, description), shelf)
    .requiredOption('--out <FILE>', option.outRequest)
    .option('--owner <BOX>', option.ownerBox)
}

function ownerOf({ app }: Shelf, { owner }: OwnerOptions): string | null {
  return owner === undefined ? null : parseBoxId(app.words, owner, '--owner')
}

function ask(shelf: Shelf, options: RequestOptions, parse: () => RootRequestArguments): Promise<void> {
  return run(shelf, (context) => {
    const args = parse()
    return withBox(shelf, absolute(options.data), async (box) => {
      using out = claimFile(options.out)
      const { request, trouble } = await box.call('root.request', args, context)
      const bytes = Buffer.from(request, 'base64')
      const { describeRootRequest } = await shelf.app.door()
      const description = describeRootRequest(bytes)
      out.write(bytes)
      return askedOutcome(shelf.app, options.out, description, trouble)
    })
  })
}

function askedOutcome(
  app: App,
  path: string,
  description: RootRequestDescription,
  trouble: Parameters<typeof troubleLines>[2],
): Outcome {
  const { root } = app.words.say
  const lines = [
    ...describeRequest(app, description),
    ...troubleLines(app, root.unasked, trouble),
    '',
    root.requested(path),
  ]
  const exit = trouble.length === 0 ? EXIT.done : EXIT.incomplete
  return { exit, json: { requested: path, ...description, trouble }, lines }
}

function headLines({ words: { say, formats } }: App, { heads }: HeadListResult): string[] {
  if (heads.length === 0) return [say.root.headsNone]
  const columns = [
    { title: say.root.field.number ?? '' },
    { title: say.column.at },
    { title: say.root.field.hash ?? '' },
  ]
  const rows = heads
    .slice(0, HEADS_SHOWN_MAX)
    .map(({ number, at, hash }) => [String(number), formats.instant(at), hash.slice(0, 16)])
  return [...table(columns, rows), ...(heads.length > rows.length ? [say.demo.more(heads.length - rows.length)] : [])]
}

/** What the root key would sign, for people. */
export function describeRequest(app: App, { kind, fields }: RootRequestDescription): string[] {
  const say = app.words.say.root
  const rows = Object.entries(fields).map(([name, value]) => [say.field[name] ?? name, shown(app, name, value)])
  return [say.asks, say.kinds[kind] ?? printable(kind), ...table([{ title: '' }, { title: '' }], rows).slice(1)]
}

function shown({ words: { say, formats } }: App, name: string, value: string | number): string {
  if (name === 'bytes' && typeof value === 'number') return formats.bytes(value)
  if (name === 'class' && (value === 'data' || value === 'metadata')) return say.brake.class[value]
  if (name === 'budget') return say.root.budget[value] ?? String(value)
  return String(value)
}
