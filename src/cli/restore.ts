import type { Command } from 'commander'
import type { DamagedFragment, RestoreArguments, RestoreResult } from '#box'
import { table } from '#text'
import type { App, Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { UsageError } from './failure.ts'
import { absolute, parseSnapshotPath } from './parse.ts'
import { itemLines } from './snapshot.ts'

const MODES = ['over', 'beside', 'missing'] as const

interface RestoreOptions {
  readonly data: string
  readonly over?: boolean
  readonly beside?: boolean
  readonly missing?: boolean
  readonly dryRun?: boolean
}

export function addRestoreCommand(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say
  withData(addCommand(program, shelf, 'restore', command.restore), shelf)
    .argument('<ID[:PATH]>', option.snapshotId)
    .argument('<TARGET>')
    .option('--over', option.over)
    .option('--beside', option.beside)
    .option('--missing', option.missing)
    .option('--dry-run', option.dryRun)
    .action((what: string, target: string, options: RestoreOptions) =>
      run(shelf, (context) => {
        const args: RestoreArguments = {
          ...parseSnapshotPath(what),
          target: absolute(target),
          mode: modeOf(shelf.app, options),
          dryRun: options.dryRun ?? false,
        }
        return withBox(shelf, absolute(options.data), async (box) =>
          summary(shelf.app, await box.call('restore', args, context), args.dryRun),
        )
      }),
    )
}

interface PutBackOptions {
  readonly data: string
  readonly over?: boolean
}

export function addPutBackCommand(program: Command, shelf: Shelf): void {
  const { option, find } = shelf.app.words.say
  withData(addCommand(program, shelf, 'put-back', find.putBack.command), shelf)
    .argument('<ID>', option.snapshotId)
    .argument('[PATH...]', find.putBack.path)
    .option('--over', find.putBack.over)
    .action((id: string, given: readonly string[], { data, over = false }: PutBackOptions) =>
      run(shelf, (context) => {
        const paths = (given.length === 0 ? [''] : given).map((path) => ({ path }))
        const args = { id, paths, mode: over ? ('over' as const) : ('beside' as const) }
        return withBox(shelf, absolute(data), async (box) =>
          summary(shelf.app, await box.call('files.return', args, context), false),
        )
      }),
    )
}

function modeOf({ words: { say } }: App, options: RestoreOptions): RestoreArguments['mode'] {
  const [mode, second] = MODES.filter((name) => options[name] === true)
  if (mode !== undefined && second !== undefined) throw new UsageError(say.usage.conflict(`--${mode}`, `--${second}`))
  return mode ?? 'refuse'
}

function summary(app: App, result: RestoreResult, dryRun: boolean): Outcome {
  const { say, formats } = app.words
  const words = dryRun ? say.restore.would : say.restore.done
  const lines = [
    words(result.files, formats.bytes(result.bytes)),
    ...(result.failed.length === 0 ? [] : [say.restore.failed(result.failed.length), ...itemLines(app, result.failed)]),
    ...(result.notSet.length === 0 ? [] : [say.restore.notSet(result.notSet.length), ...itemLines(app, result.notSet)]),
    ...(result.damaged.length === 0
      ? []
      : [say.restore.damaged(result.damaged.length), ...damagedTable(app, result.damaged), say.vault.heal]),
  ]
  return { exit: result.failed.length === 0 ? EXIT.done : EXIT.incomplete, json: result, lines }
}

export function damagedTable({ words: { say } }: App, damaged: readonly DamagedFragment[]): string[] {
  const columns = [{ title: say.column.host }, { title: say.column.fragment }]
  return table(
    columns,
    damaged.map(({ host, fragment }) => [host === 'local' ? say.vault.here : host, fragment]),
  )
}
