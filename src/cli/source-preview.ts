/** `datis source preview …`: what a snapshot would save, and what exclusions leave out. */
import type { Command } from 'commander'
import type { PreviewArguments, PreviewResult } from '#box'
import { printable, table } from '#text'
import { type App, done } from './app.ts'
import { addCommand, collect, run, type Shelf, withBox, withData } from './command.ts'
import { absolute, refuse } from './parse.ts'
import { itemLines } from './snapshot.ts'

interface PreviewOptions {
  readonly data: string
  readonly path?: readonly string[]
  readonly exclude?: readonly string[]
  readonly oneFileSystem?: true
}

export function addPreviewCommand(source: Command, shelf: Shelf): void {
  const { option, source: say } = shelf.app.words.say
  withData(addCommand(source, shelf, 'preview [NAME]', say.command.preview), shelf)
    .option('--path <PATH>', say.option.previewPath, collect)
    .option('--exclude <PATTERN>', option.exclude, collect)
    .option('--one-file-system', option.oneFileSystem)
    .action((name: string | undefined, options: PreviewOptions) =>
      run(shelf, (context) => {
        const wanted = previewArguments(shelf.app, name, options)
        return withBox(shelf, absolute(options.data), async (box) => {
          const preview = await box.call('source.preview', wanted, context)
          return done(preview, lines(shelf.app, preview))
        })
      }),
    )
}

function previewArguments({ words }: App, name: string | undefined, options: PreviewOptions): PreviewArguments {
  const { path, exclude, oneFileSystem } = options
  if (name === undefined && path === undefined) refuse(words, '--path', '', words.say.source.expected.preview)
  return {
    ...(name === undefined ? {} : { name }),
    // The running box has another working folder than the person who types.
    ...(path === undefined ? {} : { paths: path.map(absolute) }),
    ...(exclude === undefined ? {} : { excludes: exclude }),
    ...(oneFileSystem === undefined ? {} : { oneFileSystem }),
  }
}

function lines(app: App, preview: PreviewResult): string[] {
  const { saved, left, unread, mounts } = preview
  const { preview: say } = app.words.say.source
  return [
    say.line(say.saved, say.amount(saved, saved.isAll)),
    say.line(say.left, say.amount(left, left.isAll)),
    ...(saved.isAll && left.isAll ? [] : [say.cut]),
    ...ruleLines(app, preview),
    ...leftLines(app, preview),
    ...(unread.count === 0 ? [] : ['', say.unread(unread.count), ...itemLines(app, unread.items)]),
    ...(mounts.count === 0
      ? []
      : ['', say.mounts(mounts.count), ...mounts.items.map(({ path }) => `  ${printable(path)}`)]),
  ]
}

function ruleLines({ words }: App, { rules, saved }: PreviewResult): string[] {
  const { preview: say } = words.say.source
  if (rules.length === 0) return []
  const columns = [{ title: say.rule }, { title: say.effect }]
  const rows = rules.map((one) => [one.rule, say.effectOf(one, saved.isAll)])
  return ['', ...table(columns, rows)]
}

function leftLines({ words: { say, formats } }: App, { items, left, saved }: PreviewResult): string[] {
  const { preview } = say.source
  if (items.length === 0) return []
  const columns = [{ title: preview.rule }, { title: preview.size, align: 'right' as const }, { title: preview.path }]
  const rows = items.map(({ rule, bytes, path }) => [
    rule ?? preview.own,
    rule === null ? '' : formats.bytes(bytes),
    path,
  ])
  const rest = left.paths > items.length ? [preview.firstOf(items.length, left.paths, saved.isAll)] : []
  return ['', ...table(columns, rows), ...rest]
}
