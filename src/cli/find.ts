/** `datis find …`: what is saved, by its name. */
import type { Command } from 'commander'
import type { FindResult } from '#box'
import { table } from '#text'
import { type App, done } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { absolute } from './parse.ts'

interface FindOptions {
  readonly data: string
  readonly source?: string
  readonly id?: string
  readonly all?: boolean
}

export function addFindCommand(program: Command, shelf: Shelf): void {
  const { command, option } = shelf.app.words.say.find
  withData(addCommand(program, shelf, 'find <TEXT>', command), shelf)
    .option('--source <SOURCE>', option.source)
    .option('--id <ID>', option.id)
    .option('--all', option.all)
    .action((text: string, { data, source, id, all = false }: FindOptions) =>
      run(shelf, (context) => {
        const args = { text, all, ...(source !== undefined && { source }), ...(id !== undefined && { id }) }
        return withBox(shelf, absolute(data), async (box) => {
          const found = await box.call('snapshot.find', args, context)
          return done(found, lines(shelf.app, found, all))
        })
      }),
    )
}

function lines({ words: { say, formats } }: App, { items, more }: FindResult, all: boolean): string[] {
  if (items.length === 0) return [all ? say.find.noneAtAll : say.find.none]
  const columns = [
    { title: say.find.column.snapshot },
    { title: say.column.source },
    { title: say.column.modified },
    { title: say.column.bytes, align: 'right' as const },
    { title: say.find.column.path },
  ]
  const rows = items.flatMap(({ source, kind, path, versions }) =>
    versions.map(({ snapshot, modified, bytes }) => [
      snapshot,
      source,
      formats.instant(modified),
      kind === 'file' || kind === 'hardlink' ? formats.bytes(bytes) : say.kind[kind],
      path,
    ]),
  )
  return [...table(columns, rows), more ? say.find.more(items.length) : say.find.found(items.length)]
}
