import type { Command } from 'commander'
import { DatisError } from '#base'
import type { ApproveArguments, ApproveResult, ReleaseListResult, VerdictResult } from '#box'
import { table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { absolute, parseBytes, parseClass } from './parse.ts'
import { nameOr, troubleLines } from './trouble.ts'

/** A list longer than a screen hides its own beginning; `--json` has it all. */
const ITEMS_SHOWN_MAX = 50

interface DataOption {
  readonly data: string
}

interface ApproveOptions extends DataOption {
  readonly class: string
  readonly bytes: string
  readonly lasting?: boolean
  readonly again?: boolean
}

export function addReleaseCommands(program: Command, shelf: Shelf): void {
  const { words } = shelf.app
  const { command, option, release: say } = words.say
  const release = addCommand(program, shelf, 'release', command.release)

  withData(addCommand(release, shelf, 'list', command.releaseList), shelf).action(({ data }: DataOption) =>
    run(shelf, (context) =>
      withBox(shelf, absolute(data), async (box) => {
        const result = await box.call('release.list', {}, context)
        return done(result, listLines(shelf.app, result))
      }),
    ),
  )

  withData(addCommand(release, shelf, 'cancel [PACK...]', command.releaseCancel), shelf).action(
    (packs: readonly string[], { data }: DataOption) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const result = await box.call('release.cancel', { packs }, context).catch(mistyped)
          const sum = (of: 'held' | 'gone' | 'unknown') => result.items.reduce((total, item) => total + item[of], 0)
          const lines = [say.cancelled(result.items.length, sum('held'), sum('gone'), sum('unknown'))]
          return { exit: sum('gone') + sum('unknown') === 0 ? EXIT.done : EXIT.incomplete, json: result, lines }
        }),
      ),
  )

  withData(addCommand(release, shelf, 'undo <BOX>', command.releaseUndo), shelf).action(
    (owner: string, { data }: DataOption) =>
      run(shelf, (context) =>
        withBox(shelf, absolute(data), async (box) => {
          const result = await box.call('release.undo', { owner }, context)
          const bytes = words.formats.bytes(result.bytes)
          const line = say.undone(nameOr(result.ownerName, result.owner), result.fragments, bytes, result.hosts.length)
          return verdictOutcome(shelf.app, result, [line])
        }),
      ),
  )

  withData(addCommand(release, shelf, 'approve <BOX>', command.releaseApprove), shelf)
    .requiredOption('--bytes <SIZE>', option.budgetBytes)
    .option('--class <CLASS>', option.budgetClass, 'data')
    .option('--lasting', option.budgetLasting)
    .option('--again', say.optionAgain)
    .action((owner: string, options: ApproveOptions) =>
      run(shelf, (context) => {
        const args = approveArguments(shelf.app, owner, options)
        return withBox(shelf, absolute(options.data), async (box) =>
          approved(shelf.app, args, await box.call('release.approve', args, context)),
        )
      }),
    )
}

/** Where people name packs, it is the name that is wrong and not the log. */
function mistyped(error: unknown): never {
  if (!(error instanceof DatisError && error.code === 'PACK_UNKNOWN')) throw error
  throw new DatisError('RELEASE_UNKNOWN', 'This box has no such pack.', error.details, { cause: error })
}

function approveArguments({ words }: App, owner: string, { bytes, lasting, again, ...rest }: ApproveOptions) {
  const allowed = { class: parseClass(words, rest.class), bytes: parseBytes(words, '--bytes', bytes) }
  return { owner, ...allowed, lasting: lasting === true, again: again === true }
}

function approved(app: App, { bytes, lasting }: ApproveArguments, result: ApproveResult): Outcome {
  const { say, formats } = app.words
  const line = lasting ? say.release.approvedLasting : say.release.approved
  return verdictOutcome(app, result, [
    line(nameOr(result.ownerName, result.owner), formats.bytes(bytes), result.hosts.length),
    ...(result.repeated ? [say.release.repeated(formats.instant(result.at))] : []),
  ])
}

/** A host that was not reached goes on as before: half of an undo is no undo. */
function verdictOutcome(app: App, result: VerdictResult, lines: readonly string[]): Outcome {
  const { release: say } = app.words.say
  const { trouble, hosts } = result
  if (hosts.length + trouble.length === 0) {
    return { exit: EXIT.incomplete, json: result, lines: [say.nobody(nameOr(result.ownerName, result.owner))] }
  }
  if (trouble.length === 0) return done(result, lines)
  const told = [...(hosts.length === 0 ? [] : lines), ...troubleLines(app, say.trouble, trouble), say.again]
  return { exit: EXIT.incomplete, json: result, lines: told }
}

function listLines({ words: { say, formats } }: App, { items }: ReleaseListResult): string[] {
  if (items.length === 0) return [say.release.none]
  const columns = [
    { title: say.column.pack },
    { title: say.column.host },
    { title: say.column.state },
    { title: say.column.until },
  ]
  const rows = items
    .slice(0, ITEMS_SHOWN_MAX)
    .map(({ pack, host, name, state, until }) => [
      pack.slice(0, 16),
      nameOr(name, host),
      say.release.state[state],
      until === null ? '' : formats.instant(until),
    ])
  return [...table(columns, rows), ...(items.length > rows.length ? [say.demo.more(items.length - rows.length)] : [])]
}
