import { type Command, Option } from 'commander'
import type { SourceArguments, SourceChange, SourceResult } from '#box'
import { table, type Words } from '#text'
import { type App, done } from './app.ts'
import { addCommand, collect, run, type Shelf, withBox, withData } from './command.ts'
import { absolute, parseCount, refuse } from './parse.ts'
import { addPreviewCommand } from './source-preview.ts'

const KBIT_MIN = 256
const KBIT_MAX = 100_000_000
const IMPORTANCES = ['high', 'normal', 'low'] as const

interface SourceOptions {
  readonly data: string
  readonly path?: readonly string[]
  readonly exclude?: readonly string[]
  readonly oneFileSystem?: boolean
  readonly local?: string
  readonly remote?: string
  readonly importance?: string
  readonly bandwidth?: string
}

export function addSourceCommands(program: Command, shelf: Shelf): void {
  const { option, policy, source: say } = shelf.app.words.say
  const source = addCommand(program, shelf, 'source', say.command.source)
  const withLook = (command: Command) =>
    withData(command, shelf)
      .option('--exclude <PATTERN>', option.exclude, collect)
      .addOption(new Option('--importance <IMPORTANCE>', say.option.importance))
      .option('--bandwidth <KBIT>', say.option.bandwidth)
      .option('--one-file-system', option.oneFileSystem)

  withLook(addCommand(source, shelf, 'add <NAME> <PATH...>', say.command.add))
    .option('--local <POLICY>', policy.option.local)
    .option('--remote <POLICY>', policy.option.remote)
    .action((name: string, paths: readonly string[], options: SourceOptions) =>
      run(shelf, (context) => {
        const wanted = sourceArguments(shelf.app.words, name, paths, options)
        return withBox(shelf, absolute(options.data), async (box) => {
          const added = await box.call('source.add', wanted, context)
          return done(added, [say.added(added.name)])
        })
      }),
    )

  withLook(addCommand(source, shelf, 'set <NAME>', say.command.set))
    .option('--path <PATH>', say.option.path, collect)
    .action((name: string, options: SourceOptions) =>
      change(shelf, options.data, { name, ...changeOf(shelf.app.words, options) }, say.changed(name)),
    )

  for (const [command, about, ended, line] of [
    ['end <NAME>', say.command.end, true, say.ended],
    ['resume <NAME>', say.command.resume, false, say.resumed],
  ] as const) {
    withData(addCommand(source, shelf, command, about), shelf).action((name: string, { data }: { data: string }) =>
      change(shelf, data, { name, ended }, line(name)),
    )
  }

  addPreviewCommand(source, shelf)

  withData(addCommand(source, shelf, 'list', say.command.list), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const { items } = await box.call('source.list', {}, context)
        return done({ items }, items.length === 0 ? [say.none] : sourceTable(shelf.app, items))
      }),
    ),
  )
}

async function change(shelf: Shelf, data: string, wanted: SourceChange, line: string): Promise<void> {
  await run(shelf, (context) =>
    withBox(shelf, absolute(data), async (box) => {
      const result = await box.call('source.set', wanted, context)
      return done(result, [line, '', ...sourceTable(shelf.app, [result])])
    }),
  )
}

function sourceArguments(
  words: Words,
  name: string,
  paths: readonly string[],
  { exclude = [], oneFileSystem = false, local, remote, importance, bandwidth }: SourceOptions,
): SourceArguments {
  const kbit = bandwidth === undefined ? null : kbitOf(words, bandwidth)
  return {
    name,
    // The running box has another working folder than the person who types.
    paths: paths.map(absolute),
    excludes: exclude,
    oneFileSystem,
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
    ...(importance === undefined ? {} : { importance: importanceOf(words, importance) }),
    ...(kbit === null ? {} : { kbit }),
  }
}

function changeOf(words: Words, { path, exclude, oneFileSystem, importance, bandwidth }: SourceOptions) {
  return {
    ...(path === undefined ? {} : { paths: path.map(absolute) }),
    ...(exclude === undefined ? {} : { excludes: exclude }),
    ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
    ...(importance === undefined ? {} : { importance: importanceOf(words, importance) }),
    ...(bandwidth === undefined ? {} : { kbit: kbitOf(words, bandwidth) }),
  }
}

function importanceOf(words: Words, text: string) {
  const found = IMPORTANCES.find((one) => one === text)
  return found ?? refuse(words, '--importance', text, words.say.source.expected.importance)
}

function kbitOf(words: Words, text: string): number | null {
  return text === 'none' ? null : parseCount(words, '--bandwidth', text, KBIT_MIN, KBIT_MAX)
}

function sourceTable({ words: { say } }: App, items: readonly SourceResult[]): string[] {
  const { column, importance, kbit, isEnded } = say.source
  const columns = [say.column.name, say.column.paths, say.column.excludes, column.importance, column.bandwidth]
  return table(
    columns.map((title) => ({ title })),
    items.map((one) => [
      one.ended ? isEnded(one.name) : one.name,
      one.paths.join(' '),
      one.excludes.join(' '),
      importance[one.importance ?? 'normal'],
      one.kbit === undefined ? '' : kbit(one.kbit),
    ]),
  )
}
