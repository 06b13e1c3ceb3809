import type { Command } from 'commander'
import type { SourceArguments } from '#box'
import { table } from '#text'
import { type App, done } from './app.ts'
import { addCommand, collect, run, type Shelf, withBox, withData } from './command.ts'
import { absolute } from './parse.ts'

interface AddOptions {
  readonly data: string
  readonly exclude?: readonly string[]
  readonly oneFileSystem?: boolean
}

export function addSourceCommands(program: Command, shelf: Shelf): void {
  const { command, option, source: say } = shelf.app.words.say
  const source = addCommand(program, shelf, 'source', command.source)

  withData(addCommand(source, shelf, 'add <NAME> <PATH...>', command.sourceAdd), shelf)
    .option('--exclude <PATTERN>', option.exclude, collect)
    .option('--one-file-system', option.oneFileSystem)
    .action((name: string, paths: readonly string[], options: AddOptions) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(options.data), async (box) => {
          const added = await box.call('source.add', sourceArguments(name, paths, options), context)
          return done(added, [say.added(added.name)])
        }),
      ),
    )

  withData(addCommand(source, shelf, 'list', command.sourceList), shelf).action(({ data }: { data: string }) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const { items } = await box.call('source.list', {}, context)
        return done({ items }, items.length === 0 ? [say.none] : sourceTable(shelf.app, items))
      }),
    ),
  )
}

function sourceArguments(name: string, paths: readonly string[], options: AddOptions): SourceArguments {
  return {
    name,
    // The running box has another working folder than the person who types.
    paths: paths.map(absolute),
    excludes: options.exclude ?? [],
    oneFileSystem: options.oneFileSystem ?? false,
  }
}

function sourceTable({ words: { say } }: App, items: readonly SourceArguments[]): string[] {
  const columns = [{ title: say.column.name }, { title: say.column.paths }, { title: say.column.excludes }]
  return table(
    columns,
    items.map(({ name, paths, excludes }) => [name, paths.join(' '), excludes.join(' ')]),
  )
}
