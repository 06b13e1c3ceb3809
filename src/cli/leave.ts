/** Leaving a community: in good order, or at once. */
import type { Command } from 'commander'
import type { ActResult, BoxClient, DrainResult, OperationContext } from '#box'
import { printable, table } from '#text'
import { type App, done, type Outcome } from './app.ts'
import { addCommand, run, type Shelf, withBox, withData } from './command.ts'
import { EXIT } from './exit.ts'
import { UsageError } from './failure.ts'
import { absolute, parseDuration } from './parse.ts'

const WAIT_DEFAULT = '10m'

interface LeaveOptions {
  readonly data: string
  readonly now?: boolean
  readonly stay?: boolean
  readonly box?: string
  readonly wait: string
}

export function addLeave(community: Command, shelf: Shelf): void {
  const { command, leave } = shelf.app.words.say
  withData(addCommand(community, shelf, 'leave', command.communityLeave), shelf)
    .option('--now', leave.option.now)
    .option('--stay', leave.option.stay)
    .option('--box <ID>', leave.option.box)
    .option('--wait <DURATION>', leave.option.wait, WAIT_DEFAULT)
    .action((options: LeaveOptions) =>
      run(shelf, (context) => {
        checkTogether(shelf.app, options)
        const waitMs = parseDuration(shelf.app.words, '--wait', options.wait)
        return withBox(shelf, absolute(options.data), (box) => left(shelf.app, box, { ...options, waitMs }, context))
      }),
    )
}

function checkTogether({ words }: App, { now, stay, box }: LeaveOptions): void {
  if (stay !== true) return
  for (const [name, given] of [
    ['--now', now],
    ['--box', box],
  ] as const) {
    if (given !== undefined) throw new UsageError(words.say.usage.conflict('--stay', name))
  }
}

async function left(
  app: App,
  box: BoxClient,
  options: LeaveOptions & { readonly waitMs: number },
  context: OperationContext,
): Promise<Outcome> {
  const { say } = app.words
  if (options.stay === true) return done(await box.call('community.stay', {}, context), [say.leave.staying])
  const named = options.box
  const args = { waitMs: options.waitMs, ...(named !== undefined && { box: named }) }
  const drained = options.now === true ? null : await box.call('community.drain', args, context)
  if (drained !== null && drained.state !== 'drained') {
    return { exit: EXIT.incomplete, json: drained, lines: [say.leave[drained.state], ...drainLines(app, drained)] }
  }
  const result =
    named === undefined
      ? await box.call('community.leave', {}, context)
      : await box.call('community.remove', { box: named }, context)
  return done({ ...result, ...drained, state: result.state }, [
    ...(drained === null || drained.boxes.length === 0 ? [] : [say.leave.drained, ...drainLines(app, drained), '']),
    outcomeLine(app, result),
  ])
}

function outcomeLine({ words: { say } }: App, { state, approvals, needed }: ActResult): string {
  return state === 'done' ? say.leave.left : say.community.waits(approvals, needed)
}

function drainLines({ words: { say, formats } }: App, { missing, boxes }: DrainResult): string[] {
  const { column } = say.leave
  const columns = [say.column.name, column.state, column.kept, column.until].map((title) => ({ title }))
  const rows = boxes.map(({ name, state, code, bytes, until }) => [
    printable(name),
    code === null ? say.leave.state[state] : `${say.leave.state[state]} (${code})`,
    until === null ? '' : formats.bytes(bytes),
    until === null ? '' : formats.instant(until),
  ])
  return [
    ...(missing.packs === 0 ? [] : [say.leave.missing(missing.packs, formats.bytes(missing.bytes))]),
    ...(rows.length === 0 ? [] : ['', ...table(columns, rows)]),
  ]
}
