import type { Command } from 'commander'
import type { EntryResult, IncompleteItem, Operations, SnapshotResult, VersionsResult } from '#box'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute } from './parse.ts'

/** A list longer than a screen hides its own beginning; `--json` has it all. */
const ITEMS_SHOWN_MAX = 50

interface DataOption {
  readonly data: string
}

export function addSnapshotCommands(program: Command, shelf: Shelf): void {
  const { command, option, snapshot: say } = shelf.app.words.say
  const snapshot = addCommand(program, shelf, 'snapshot', command.snapshot)

  withData(addCommand(snapshot, shelf, 'take [SOURCE...]', command.snapshotTake), shelf).action(
    (sources: readonly string[], { data }: DataOption) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) =>
          taken(shelf.app, await box.call('snapshot.take', { sources }, context)),
        ),
      ),
  )

  withData(addCommand(snapshot, shelf, 'list', command.snapshotList), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const { items } = await box.call('snapshot.list', {}, context)
        return done({ items }, items.length === 0 ? [say.none] : snapshotTable(shelf.app, items))
      }),
    ),
  )

  withData(addCommand(snapshot, shelf, 'show', command.snapshotShow), shelf)
    .argument('<ID>', option.snapshotId)
    .argument('[PATH]')
    .action((id: string, path: string | undefined, { data }: DataOption) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const { items } = await box.call('snapshot.show', { id, path: path ?? '' }, context)
          return done({ items }, items.length === 0 ? [say.empty] : entryTable(shelf.app, items))
        }),
      ),
    )

  addVersions(snapshot, shelf)
  addKeeping(snapshot, shelf)
}

function addVersions(snapshot: Command, shelf: Shelf): void {
  const { versions: say } = shelf.app.words.say.find
  withData(addCommand(snapshot, shelf, 'versions', say.command), shelf)
    .argument('<SOURCE>')
    .argument('<PATH>', say.path)
    .action((source: string, path: string, { data }: DataOption) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const found = await box.call('snapshot.versions', { source, path }, context)
          return done(found, versionLines(shelf.app, found))
        }),
      ),
    )
}

function versionLines({ words: { say, formats } }: App, { items, more, unread }: VersionsResult): string[] {
  const { versions: words, column } = say.find
  const columns = [
    { title: column.snapshot },
    { title: words.first },
    { title: say.column.modified },
    { title: say.column.bytes, align: 'right' as const },
    { title: words.where },
  ]
  const rows = items.map(({ snapshot, first, modified, kind, bytes, local }) => [
    snapshot,
    first,
    formats.instant(modified),
    kind === 'file' || kind === 'hardlink' ? formats.bytes(bytes) : say.kind[kind],
    local ? words.here : words.hosts,
  ])
  return [
    ...table(columns, rows),
    ...(more ? [words.more(items.length)] : []),
    ...(unread > 0 ? [words.unread(unread)] : []),
  ]
}

interface HoldOptions extends DataOption {
  readonly reason?: string
  readonly letGo?: boolean
}

function addKeeping(snapshot: Command, shelf: Shelf): void {
  const { option, policy: say } = shelf.app.words.say
  withData(addCommand(snapshot, shelf, 'hold', say.command.hold), shelf)
    .argument('<ID>', option.snapshotId)
    .option('--reason <TEXT>', say.option.reason)
    .option('--let-go', say.option.letGo)
    .action((id: string, { data, reason = '', letGo }: HoldOptions) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const held = await box.call('snapshot.hold', { id, reason: letGo === true ? null : reason }, context)
          return done(held, [held.reason === null ? say.letGo(held.id) : say.held(held.id, printable(held.reason))])
        }),
      ),
    )

  withData(addCommand(snapshot, shelf, 'expire', say.command.expire), shelf)
    .option('--dry-run', say.option.dryRun)
    .action(({ data, dryRun = false }: DataOption & { readonly dryRun?: boolean }) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const expired = await box.call('snapshot.expire', { dryRun }, context)
          const line = dryRun ? say.wouldExpire : say.expired
          return done(expired, [line(expired.local.length, expired.remote.length)])
        }),
      ),
    )
}

function taken(app: App, { snapshots, failed }: Operations['snapshot.take'][1]): Outcome {
  const { say, formats } = app.words
  const lines = snapshots.flatMap((snapshot) => [
    say.snapshot.taken(printable(snapshot.source), snapshot.files, formats.bytes(snapshot.bytes)),
    ...fallLines(app, snapshot),
    ...(snapshot.incomplete.length === 0
      ? []
      : [say.snapshot.incomplete(snapshot.incomplete.length), ...itemLines(app, snapshot.incomplete)]),
  ])
  const complete = failed.length === 0 && snapshots.every(({ state }) => state === 'complete')
  const unread = failed.map(({ source }) => say.snapshot.unread(printable(source)))
  return { exit: complete ? EXIT.done : EXIT.incomplete, json: { snapshots, failed }, lines: [...lines, ...unread] }
}

function fallLines({ words: { say, formats } }: App, { source, files, bytes, fall }: SnapshotResult): string[] {
  if (fall === null) return []
  const [now, before] = [formats.bytes(bytes), formats.bytes(fall.bytesBefore)]
  return [say.snapshot.fell(printable(source), files, fall.filesBefore, now, before)]
}

/** Items with their cause, cut when there are many. */
export function itemLines({ words: { say } }: App, items: readonly (IncompleteItem & { what?: string })[]): string[] {
  const shown = items.slice(0, ITEMS_SHOWN_MAX)
  const columns = [{ title: say.column.cause }, { title: say.column.path }]
  const rows = shown.map(({ cause, what, path }) => [what === undefined ? cause : `${what}: ${cause}`, path])
  const rest = items.length - shown.length
  return [...table(columns, rows).map((line) => `  ${line}`), ...(rest > 0 ? [`  ${say.demo.more(rest)}`] : [])]
}

function snapshotTable({ words: { say, formats } }: App, items: readonly SnapshotResult[]): string[] {
  const columns = [
    { title: say.column.id },
    { title: say.column.source },
    { title: say.column.at },
    { title: say.column.state },
    { title: say.column.files, align: 'right' as const },
    { title: say.column.bytes, align: 'right' as const },
    { title: say.policy.column.kept },
  ]
  const rows = items.map(({ id, source, at, state, files, bytes, fall, ...kept }) => [
    id,
    source,
    formats.instant(at),
    fall === null ? say.state[state] : `${say.state[state]}, ${say.snapshot.less}`,
    formats.number(files),
    formats.bytes(bytes),
    say.policy.kept(kept),
  ])
  return table(columns, rows)
}

function entryTable({ words: { say, formats } }: App, items: readonly EntryResult[]): string[] {
  const columns = [
    { title: say.column.kind },
    { title: say.column.mode },
    { title: say.column.owner },
    { title: say.column.bytes, align: 'right' as const },
    { title: say.column.modified },
    { title: say.column.name },
  ]
  const rows = items.map((entry) => [
    say.kind[entry.kind],
    entry.mode,
    `${entry.uid}:${entry.gid}`,
    entry.kind === 'file' ? formats.bytes(entry.bytes) : '',
    formats.instant(entry.modified),
    entryName(entry, say.snapshot.partial),
  ])
  return table(columns, rows)
}

function entryName({ path, target, incomplete }: EntryResult, partial: string): string {
  const link = target === undefined ? path : `${path} → ${target}`
  return incomplete === undefined ? link : `${link} (${partial}: ${incomplete})`
}
