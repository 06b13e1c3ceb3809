/** `datis drill …`: what is proved, and when. */
import type { Command } from 'commander'
import type { DrillEvidence, DrillResult } from '#box'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute, parseCount } from './parse.ts'
import { itemLines } from './snapshot.ts'

const SAMPLE_MAX = 100_000

interface DrillOptions {
  readonly data: string
  readonly sample?: string
  readonly source?: string
}

export function addDrillCommands(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say.drill
  const drill = addCommand(program, shelf, 'drill', command.drill)
  withData(addCommand(drill, shelf, 'run', command.run), shelf)
    .option('--sample <NUMBER>', option.sample)
    .option('--source <SOURCE>', option.source)
    .action(({ data, sample, source }: DrillOptions) =>
      run(shelf, (context) => {
        const count =
          sample === undefined ? {} : { sample: parseCount(shelf.app.words, '--sample', sample, 1, SAMPLE_MAX) }
        const args = { ...count, ...(source !== undefined && { source }) }
        return withBox(shelf, absolute(data), async (box) =>
          outcome(shelf.app, await box.call('drill.run', args, context)),
        )
      }),
    )
  withData(addCommand(drill, shelf, 'list', command.list), shelf).action(({ data }: DrillOptions) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const { items } = await box.call('drill.list', {}, context)
        return done({ items }, items.length === 0 ? [shelf.app.words.say.drill.none] : drillTable(shelf.app, items))
      }),
    ),
  )
}

function outcome(app: App, result: DrillResult): Outcome {
  const { say, formats } = app.words
  const { state, files, bytes, failed, silent, damaged } = result
  const names = silent.map(({ name, host }) => printable(name === '' ? host : name))
  const lines = [
    ...(state === 'failed'
      ? [say.drill.failed(new Set(failed.map(({ path }) => path)).size), ...itemLines(app, failed)]
      : [say.drill.ok(files, formats.bytes(bytes))]),
    ...(damaged.length === 0 ? [] : [say.drill.damaged(damaged.length)]),
    ...(silent.length === 0 || state === 'failed' ? [] : [say.drill.degraded(formats.list(names))]),
  ]
  return { exit: state === 'failed' ? EXIT.failed : EXIT.done, json: result, lines }
}

function drillTable({ words: { say, formats } }: App, items: readonly DrillEvidence[]): string[] {
  const { column } = say.drill
  const right = { align: 'right' as const }
  const columns = [
    { title: column.at },
    { title: column.state },
    { title: column.files, ...right },
    { title: column.bytes, ...right },
  ]
  const rows = items.map(({ at, state, files, bytes }) => [
    formats.instant(at),
    say.drill.state[state],
    formats.number(files),
    formats.bytes(bytes),
  ])
  return table(columns, rows)
}
